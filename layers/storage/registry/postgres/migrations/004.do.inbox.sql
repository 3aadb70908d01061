-- What queues have taken in: one row per queue and identity, hashed together to 16 bytes whatever their length.
-- The rows are in child tables by time of arrival, which inbox-partitions.ts makes and drops, each with a primary
-- key of its own; that no id is in two of them is inbox.ts's business. Children by inheritance, since declarative
-- partitions would want the day in every row, and dropping one would hold up those who write to the others.

CREATE TABLE inbox_events (id uuid NOT NULL);

CREATE TABLE inbox_batches (id uuid NOT NULL);
