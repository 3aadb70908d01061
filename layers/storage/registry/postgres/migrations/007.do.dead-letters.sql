CREATE TABLE dead_letters (
  -- of queue, identity and body
  id text COLLATE "C" PRIMARY KEY,
  -- in the order in which they first died
  position bigint GENERATED ALWAYS AS IDENTITY,
  queue text NOT NULL,
  identity text NOT NULL,
  body bytea NOT NULL,
  body_bytes integer NOT NULL GENERATED ALWAYS AS (octet_length(body)) STORED,
  -- properties and headers to be published again
  message json NOT NULL,
  -- what can be read of the event
  type text,
  source text,
  event_id text,
  correlation_id text,
  -- [{"at", "error", "message"}, …], oldest first
  attempts jsonb NOT NULL,
  error_type text NOT NULL,
  error_code text NOT NULL,
  error_message text NOT NULL,
  error_stack text NOT NULL,
  first_died_at bigint NOT NULL,
  last_died_at bigint NOT NULL,
  state text NOT NULL DEFAULT 'dead' CHECK (state IN ('dead', 'replayed', 'discarded')),
  replays integer NOT NULL DEFAULT 0,
  -- written before a replay is published, and kept until it is dead again
  replay_began_at bigint,
  replayed_at bigint,
  discarded_at bigint,
  note text
);

CREATE INDEX dead_letters_dead ON dead_letters (position) WHERE state = 'dead';
CREATE INDEX dead_letters_by_death ON dead_letters (last_died_at DESC, position DESC);
-- By hash: a text may be longer than a row of a B-tree.
CREATE INDEX dead_letters_by_correlation ON dead_letters USING hash (correlation_id);
