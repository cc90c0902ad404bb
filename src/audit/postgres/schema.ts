/**
 * The schema in steps: each is applied once, in this order, and never changed afterwards. A step must leave a schema that the
 * version before can still write, as replicas of both run at the same time.
 *
 * A line of the trail is a row. Its columns repeat what the line says, for the indexes; `audit:verify` compares them. Only functions
 * create and drop partitions and change `open_intents`, with the rights of their owner: the role of the service may insert and select.
 */
export const SCHEMA_STEPS: readonly string[] = [
  `
CREATE TABLE stagedoor.audit_lines (
  stored_at timestamptz NOT NULL,
  chain text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  tenant text COLLATE "C",
  target text COLLATE "C",
  -- Of an intent its id, of an outcome the id of its intent.
  intent text COLLATE "C",
  -- What the line says about the intent.
  intent_state text CHECK (intent_state IN ('open', 'unknown', 'closed')),
  line text NOT NULL,
  PRIMARY KEY (chain, seq, stored_at)
) PARTITION BY RANGE (stored_at);

CREATE INDEX audit_lines_time ON stagedoor.audit_lines (stored_at, chain, seq);
CREATE INDEX audit_lines_tenant ON stagedoor.audit_lines (tenant, stored_at, chain, seq);
CREATE INDEX audit_lines_target ON stagedoor.audit_lines (tenant, target, stored_at, chain, seq)
  WHERE target IS NOT NULL;

-- The places of intents without a final outcome, and of their unknown outcomes. Rows come and go, so it is vacuumed often.
CREATE TABLE stagedoor.open_intents (
  intent text COLLATE "C" NOT NULL,
  stored_at timestamptz NOT NULL,
  chain text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (intent, chain, seq)
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
CREATE INDEX open_intents_time ON stagedoor.open_intents (stored_at, chain, seq);

CREATE FUNCTION stagedoor.track_open_intents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  INSERT INTO stagedoor.open_intents (intent, stored_at, chain, seq)
    SELECT intent, stored_at, chain, seq FROM added WHERE intent_state IN ('open', 'unknown')
    ON CONFLICT DO NOTHING;
  DELETE FROM stagedoor.open_intents o USING added a WHERE a.intent_state = 'closed' AND o.intent = a.intent;
  RETURN NULL;
END $$;
CREATE TRIGGER track_open_intents AFTER INSERT ON stagedoor.audit_lines
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION stagedoor.track_open_intents();

-- ATTACH PARTITION, unlike CREATE TABLE … PARTITION OF, does not wait for readers and does not stop writers.
CREATE FUNCTION stagedoor.create_audit_partition(month date) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog AS $$
DECLARE
  first_day timestamp := date_trunc('month', month::timestamp);
  partition_name text := 'audit_lines_' || to_char(first_day, 'YYYY_MM');
BEGIN
  IF to_regclass('stagedoor.' || partition_name) IS NOT NULL THEN RETURN; END IF;
  PERFORM pg_advisory_xact_lock(hashtext('stagedoor.partitions'));
  IF to_regclass('stagedoor.' || partition_name) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE stagedoor.%I (LIKE stagedoor.audit_lines INCLUDING ALL)', partition_name);
  EXECUTE format(
    'ALTER TABLE stagedoor.audit_lines ATTACH PARTITION stagedoor.%I FOR VALUES FROM (%L) TO (%L)',
    partition_name, first_day AT TIME ZONE 'UTC', (first_day + interval '1 month') AT TIME ZONE 'UTC');
END $$;

-- From the last month to three months ahead. A line outside of these is rejected: the clock of its writer is wrong.
CREATE FUNCTION stagedoor.create_audit_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
  FOR n IN -1..3 LOOP
    PERFORM stagedoor.create_audit_partition(((now() AT TIME ZONE 'UTC') + n * interval '1 month')::date);
  END LOOP;
END $$;

-- Drops the oldest partition if it ended before \`kept_from\`, and returns its name. Never one that the trail itself does not yet call
-- expired: the newest chain says in its first line from when on chains are kept, and only older ones may be missing for audit:verify.
CREATE FUNCTION stagedoor.drop_audit_partition(kept_from timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
DECLARE
  stated timestamptz;
  oldest text;
  ends timestamptz;
BEGIN
  SELECT (line::json ->> 'keptFrom')::timestamptz INTO stated FROM stagedoor.audit_lines
    WHERE seq = 0 AND chain = (SELECT chain FROM stagedoor.audit_lines ORDER BY chain DESC LIMIT 1);
  SELECT c.relname INTO oldest FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'stagedoor.audit_lines'::regclass ORDER BY c.relname LIMIT 1;
  ends := (to_date(right(oldest, 7), 'YYYY_MM') + interval '1 month') AT TIME ZONE 'UTC';
  IF stated IS NULL OR ends > least(kept_from, stated, now()) THEN RETURN NULL; END IF;
  EXECUTE format('DROP TABLE stagedoor.%I', oldest);
  DELETE FROM stagedoor.open_intents WHERE stored_at < ends;
  RETURN oldest;
END $$;

REVOKE ALL ON FUNCTION stagedoor.track_open_intents() FROM PUBLIC;
REVOKE ALL ON FUNCTION stagedoor.create_audit_partition(date) FROM PUBLIC;
REVOKE ALL ON FUNCTION stagedoor.create_audit_partitions() FROM PUBLIC;
REVOKE ALL ON FUNCTION stagedoor.drop_audit_partition(timestamptz) FROM PUBLIC;`,
];
