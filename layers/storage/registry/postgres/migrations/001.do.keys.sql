CREATE TABLE api_keys (
  key_id text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  scopes text[] NOT NULL,
  hash bytea NOT NULL CHECK (octet_length(hash) = 32),
  -- microseconds since the epoch, as everywhere in the registry
  created_at bigint NOT NULL,
  revoked_at bigint
);
