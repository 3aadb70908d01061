CREATE TABLE devices (
  device_id text COLLATE "C" PRIMARY KEY,
  first_seen bigint NOT NULL,
  last_seen bigint NOT NULL
) WITH (fillfactor = 80); -- room for last_seen to move within its page
