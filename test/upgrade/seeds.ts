import type { SchemaSet } from "./sets.ts";

const hash = (of: string) => `sha256('${of}')`;
/** 2026-01-01, in microseconds. */
const AT = "1767225600000000";

/**
 * A few rows for every table, as the version that made it could write them: run once the schema is at that version.
 * A migration that makes a table and is not here fails the test.
 */
export const seeds: Readonly<Record<SchemaSet, Readonly<Record<number, string>>>> = {
  registry: {
    1: `INSERT INTO api_keys (key_id, name, scopes, hash, created_at)
        VALUES ('key_a', 'first', '{admin}', ${hash("a")}, ${AT}), ('key_b', 'second', '{read,ingest}', ${hash("b")}, ${AT});
        UPDATE api_keys SET revoked_at = ${AT} WHERE key_id = 'key_b'`,
    2: `INSERT INTO devices (device_id, first_seen, last_seen)
        SELECT 'device-' || i, ${AT}, ${AT} + i FROM generate_series(1, 50) AS i`,
    3: `INSERT INTO usage_counts SELECT 1, i, gen_random_uuid(), 'model.queried', 'v', 't', '/e', 'hit', 'ok', i
        FROM generate_series(1, 20) AS i;
        INSERT INTO usage_durations SELECT 1, i, gen_random_uuid(), 3, 'm', '/e', i, 1.5 FROM generate_series(1, 20) AS i`,
    4: `CREATE TABLE inbox_events_of_before (PRIMARY KEY (id)) INHERITS (inbox_events);
        INSERT INTO inbox_events_of_before SELECT gen_random_uuid() FROM generate_series(1, 20)`,
    5: `INSERT INTO outbox (event) SELECT json_build_object('id', i) FROM generate_series(1, 20) AS i`,
    6: `INSERT INTO audit_entries
        SELECT i, ${AT}, sha256(i::text::bytea), '/s', i::text, 'model.updated', ${AT}, 'c', NULL, '{"b":1,"a":"\\u0000"}',
          sha256((i - 1)::text::bytea), sha256(i::text::bytea) FROM generate_series(1, 20) AS i`,
    7: `INSERT INTO dead_letters
          (id, queue, identity, body, message, attempts, error_type, error_code, error_message, error_stack,
           first_died_at, last_died_at)
        SELECT 'dl_' || i, 'notify', 'x', '\\x00ff', '{}', '[]', 'E', 'c', 'm', 's', ${AT}, ${AT}
        FROM generate_series(1, 20) AS i`,
    8: `INSERT INTO channels (name, target, events, minimum_severity, max_per_minute, enabled, created_at, updated_at)
        VALUES ('ops', '{"kind":"slack"}', '{alert.#}', 'warning', 10, true, ${AT}, ${AT});
        INSERT INTO notifications
          (channel, dedup_key, incident, action, form, state, notification, occurred_at, recorded_at, next_at)
        SELECT 'ops', i::text, 'i', 'open', 'single', 'pending', '{}', ${AT}, ${AT}, ${AT}
        FROM generate_series(1, 20) AS i;
        INSERT INTO notification_groups VALUES ('ops', 'k', ${AT}, '{"n":1}')`,
    9: `INSERT INTO metric_definitions VALUES ('temperature', 'met_1', '{}', 'number', 'gauge');
        INSERT INTO known_metrics VALUES ('temperature', 1, '{}', 30, ${AT})`,
    10: `INSERT INTO alert_rules VALUES ('rul_1', '{}', 'temperature', 'warning', true, ${AT}, ${AT});
        INSERT INTO alert_rule_triggers VALUES ('rul_1', 3, ${AT});
        INSERT INTO silences VALUES ('sil_1', '{}', ${AT});
        INSERT INTO device_groups VALUES ('g', 'device-1');
        INSERT INTO alerts
          (alert_id, rule_id, device_id, rule_name, metric_name, level, kind, condition, threshold,
           notification_channels, status, triggered_at, breaches, last_breach_at, silenced)
        VALUES ('alr_1', 'rul_1', 'device-1', 'n', 'temperature', 'warning', 'threshold', '>', 1, '{ops}', 'active',
          ${AT}, 1, ${AT}, false);
        INSERT INTO alert_pairs VALUES ('rul_1', 'device-1', 3, '{"b":[1]}', 'alr_1', ${AT});
        INSERT INTO historical_breaches VALUES ('rul_1', 'device-1', 2, ${AT})`,
    11: `INSERT INTO devices (device_id, name, type, described_at) VALUES ('unseen', 'n', 't', ${AT})`,
    12: `INSERT INTO subscriptions VALUES ('sub_1', '{device-1}', '{temperature}', '{}', 1000, 'key_a', ${AT}, ${AT});
        INSERT INTO subscription_tickets VALUES (${hash("t")}, 'sub_1', ${AT});
        INSERT INTO connections (connection_id, subscription_id, opened_at) VALUES ('c', 'sub_1', ${AT})`,
    14: `UPDATE api_keys SET devices = '{site-*}' WHERE key_id = 'key_b'`,
    15: `INSERT INTO device_lives VALUES ('device-1', ${AT}, ${AT}, NULL, nextval('device_lives_serial'))`,
  },
  measurements: {
    1: `INSERT INTO retention_classes VALUES (7, 1);
        INSERT INTO series (device_id, metric_name, retention_class)
        SELECT 'device-' || i, 'temperature', 7 FROM generate_series(1, 10) AS i`,
    2: `CREATE TABLE points_7 (LIKE points INCLUDING ALL) PARTITION BY RANGE (time);
        ALTER TABLE points ATTACH PARTITION points_7 FOR VALUES IN (7);
        CREATE TABLE points_7_first (LIKE points_7 INCLUDING ALL);
        ALTER TABLE points_7 ATTACH PARTITION points_7_first FOR VALUES FROM (${AT}) TO (${AT} + 86400000000);
        INSERT INTO points (series_id, tie, time, version, value, retention_class, unit, document, tags)
        SELECT s, 0, ${AT} + i * 60000000::bigint, i, i / 4.0, 7, 'celsius', NULL, '{"a":"b"}'
        FROM generate_series(1, 10) AS s, generate_series(1, 200) AS i;
        UPDATE points SET value = NULL, document = '"text"' WHERE series_id = 3`,
    3: `SELECT create_points_partition(90::smallint, ${AT});
        INSERT INTO series (device_id, metric_name) VALUES ('device-1', 'humidity');
        INSERT INTO points (series_id, tie, time, version, value, retention_class)
        SELECT series.id, 0, ${AT} + i, i, i, 90 FROM series, generate_series(1, 20) AS i WHERE metric_name = 'humidity'`,
    4: "SELECT count(*) FROM measurements('2025-12-31', '2026-01-02')",
    5: "SELECT ensure_retention_class(30::smallint)",
    6: `INSERT INTO claimed_hours VALUES (1, ${AT}, NULL);
        INSERT INTO rollups VALUES (1, ${AT}, 7, 59, 59, 442.5, 0.25, 14.75, ${AT}, ${AT})`,
    8: "SELECT count(*) FROM counted_points",
  },
  logs: {
    1: `SELECT create_log_partition('log_entries', ${AT}), create_log_partition('archived_events', ${AT});
        INSERT INTO log_entries
        SELECT ${AT} + i, ${AT}, gen_random_uuid(), 2, i::text, 's', 'm', NULL, NULL, NULL, NULL, NULL, '{}', 'word'
        FROM generate_series(1, 20) AS i;
        INSERT INTO archived_events
        SELECT ${AT} + i, ${AT}, gen_random_uuid(), i::text, '/s', 'order.placed', 'c', NULL, '{"b":1,"a":2}'
        FROM generate_series(1, 20) AS i`,
  },
};
