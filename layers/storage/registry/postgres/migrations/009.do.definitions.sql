CREATE TABLE metric_definitions (
  name text COLLATE "C" PRIMARY KEY,
  metric_id text NOT NULL UNIQUE,
  -- As `MetricDefinition`.
  definition json NOT NULL,
  data_type text NOT NULL,
  metric_type text NOT NULL
);
CREATE INDEX metric_definitions_by_type ON metric_definitions (data_type, metric_type, name);

-- What whoever takes points keeps a copy of: every metric that is or was defined, by the revision of its last change.
-- A metric stays in it when its definition is deleted, since its retention has changed from then on.
CREATE TABLE known_metrics (
  name text COLLATE "C" PRIMARY KEY,
  revision bigint NOT NULL UNIQUE,
  -- Null when it is not defined.
  rules json,
  retention_days smallint NOT NULL,
  retention_since bigint NOT NULL
);

-- One row, locked until the change is committed: revisions are seen in their order, and none is passed over.
CREATE TABLE metric_revision (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision bigint NOT NULL
);
INSERT INTO metric_revision (revision) VALUES (0);
