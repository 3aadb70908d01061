-- What a key is limited to, in patterns where `*` stands for any text; null is no limit.

ALTER TABLE api_keys ADD COLUMN devices text[], ADD COLUMN types text[];
