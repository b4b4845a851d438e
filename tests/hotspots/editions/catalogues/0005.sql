BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE audit (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	act VARCHAR NOT NULL, 
	region VARCHAR, 
	edition VARCHAR, 
	detail VARCHAR NOT NULL
, sha256 VARCHAR DEFAULT '' NOT NULL);
INSERT INTO "audit" VALUES(1,'2026-03-01T12:00:00.000+00:00','uid 1000','publish','miniature','2026-03-01-0123456789ab','was None','e85b8513d9b7555e5adc72382970a31b7166b4fc4d4307dfd4d7bc21395ae2e6');
CREATE TABLE audit_chain (
	id INTEGER NOT NULL, 
	kept_after INTEGER NOT NULL, 
	kept_after_sha256 VARCHAR NOT NULL, 
	head INTEGER NOT NULL, 
	head_sha256 VARCHAR NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "audit_chain" VALUES(1,0,'0000000000000000000000000000000000000000000000000000000000000000',1,'e85b8513d9b7555e5adc72382970a31b7166b4fc4d4307dfd4d7bc21395ae2e6');
CREATE TABLE consents (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	region VARCHAR NOT NULL, 
	dataset VARCHAR NOT NULL, 
	country VARCHAR NOT NULL, 
	layer VARCHAR NOT NULL, 
	authority VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	precision VARCHAR NOT NULL, 
	cell_deg FLOAT, 
	reason VARCHAR, 
	evidence VARCHAR NOT NULL, 
	valid_from VARCHAR NOT NULL, 
	valid_until VARCHAR, 
	time_zone VARCHAR NOT NULL, 
	recorded_at VARCHAR NOT NULL, 
	recorded_by VARCHAR NOT NULL, 
	recorded_owner VARCHAR NOT NULL, 
	approved_at VARCHAR, 
	approved_by VARCHAR
, restricted_reading BOOLEAN DEFAULT 0 NOT NULL);
INSERT INTO "consents" VALUES(1,'miniature','facilities','JAM','all','Ministry','screening','open',NULL,NULL,'letter 1','2026-01-01',NULL,'UTC','2026-03-01T12:00:00.000+00:00','uid 1000','uid 1000','2026-03-01T12:00:00.000+00:00','uid 1000',0);
CREATE TABLE editions (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	region VARCHAR NOT NULL, 
	id VARCHAR NOT NULL, 
	published_at VARCHAR NOT NULL, 
	content_sha256 VARCHAR NOT NULL, 
	manifest_sha256 VARCHAR NOT NULL, 
	size_bytes INTEGER NOT NULL, 
	UNIQUE (region, id), 
	FOREIGN KEY(region) REFERENCES regions (id)
);
INSERT INTO "editions" VALUES(1,'miniature','2026-03-01-0123456789ab','2026-03-01T12:00:00+00:00','0101010101010101010101010101010101010101010101010101010101010101','0202020202020202020202020202020202020202020202020202020202020202',1000);
CREATE TABLE jobs (
	id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	region VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	requested_at VARCHAR NOT NULL, 
	started_at VARCHAR, 
	finished_at VARCHAR, 
	outcome VARCHAR, 
	log VARCHAR NOT NULL, parameters VARCHAR DEFAULT '{}' NOT NULL, requested_by VARCHAR DEFAULT '' NOT NULL, stage VARCHAR, progress INTEGER, updated_at VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "jobs" VALUES('0001','refresh','miniature','succeeded','2026-03-01T12:00:00.000+00:00','2026-03-01T12:00:00.000+00:00','2026-03-01T12:00:00.000+00:00','edition 2026-03-01-0123456789ab','','{}','',NULL,NULL,'2026-03-01T12:00:00.000+00:00');
CREATE TABLE keys (
	prefix VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	owner VARCHAR NOT NULL, 
	scopes VARCHAR NOT NULL, 
	created_at VARCHAR NOT NULL, 
	expires_at VARCHAR NOT NULL, 
	last_used_at VARCHAR, 
	revoked_at VARCHAR, countries VARCHAR DEFAULT '' NOT NULL, 
	PRIMARY KEY (prefix)
);
INSERT INTO "keys" VALUES('0a1b2c3d','0303030303030303030303030303030303030303030303030303030303030303','air unit','refresh','2026-03-01T12:00:00.000+00:00','2027-03-01T00:00:00+00:00',NULL,NULL,'');
CREATE TABLE pointer_history (
	region VARCHAR NOT NULL, 
	version INTEGER NOT NULL, 
	edition VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	act VARCHAR NOT NULL, 
	PRIMARY KEY (region, version), 
	FOREIGN KEY(region) REFERENCES regions (id)
);
INSERT INTO "pointer_history" VALUES('miniature',1,'2026-03-01-0123456789ab','2026-03-01T12:00:00.000+00:00','publish');
CREATE TABLE regions (
	id VARCHAR NOT NULL, 
	title VARCHAR NOT NULL, 
	current VARCHAR, 
	pointer_version INTEGER NOT NULL, 
	stale_reason VARCHAR, 
	stale_since VARCHAR, 
	PRIMARY KEY (id)
);
INSERT INTO "regions" VALUES('miniature','Miniature','2026-03-01-0123456789ab',1,NULL,NULL);
CREATE TABLE sensitive (
	region VARCHAR NOT NULL, 
	dataset VARCHAR NOT NULL, 
	PRIMARY KEY (region, dataset)
);
INSERT INTO "sensitive" VALUES('miniature','facilities');
CREATE TABLE tombstones (
	region VARCHAR NOT NULL, 
	edition VARCHAR NOT NULL, 
	at VARCHAR NOT NULL, 
	dataset VARCHAR NOT NULL, 
	basis VARCHAR NOT NULL, 
	reason VARCHAR, 
	files VARCHAR NOT NULL, 
	PRIMARY KEY (region, edition)
);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit WHEN OLD.number > (SELECT kept_after FROM audit_chain) BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('audit',1);
INSERT INTO "sqlite_sequence" VALUES('editions',1);
INSERT INTO "sqlite_sequence" VALUES('consents',1);
COMMIT;
