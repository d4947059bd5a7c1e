-- A gradebook as the first version of the schema made it.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE attempts (
	id INTEGER NOT NULL, 
	submission_id INTEGER NOT NULL, 
	version VARCHAR NOT NULL, 
	grader VARCHAR NOT NULL, 
	seed BIGINT NOT NULL, 
	conditions VARCHAR NOT NULL, 
	level VARCHAR NOT NULL, 
	limits TEXT NOT NULL, 
	tolerance FLOAT NOT NULL, 
	score FLOAT NOT NULL, 
	points FLOAT NOT NULL, 
	tasks TEXT NOT NULL, 
	flags TEXT NOT NULL, 
	graded DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT one_attempt UNIQUE (submission_id, version, grader, seed, conditions), 
	FOREIGN KEY(submission_id) REFERENCES submissions (id)
);
INSERT INTO "attempts" VALUES(1,1,'v1','0.1.0',5,'cab1e0000000','bubblewrap','{"cpu": 2.0}',1.0e-09,2.0,4.0,'[{"task": "gd", "verdict": "PC", "score": 0.5, "points": 4.0, "message": "a message", "mistakes": [], "dialect": null, "findings": [], "lines": [], "diff": [], "paths": [], "notes": []}]','[]','2026-11-03 08:00:01.000000');
INSERT INTO "attempts" VALUES(2,2,'v1','0.1.0',5,'cab1e0000000','bubblewrap','{"cpu": 2.0}',1.0e-09,1.0,4.0,'[{"task": "gd", "verdict": "PC", "score": 0.25, "points": 4.0, "message": "a message", "mistakes": [], "dialect": null, "findings": [], "lines": [], "diff": [], "paths": [], "notes": []}]','[]','2026-11-03 08:00:02.000000');
INSERT INTO "attempts" VALUES(3,1,'v2','0.1.0',5,'cab1e0000000','bubblewrap','{"cpu": 2.0}',1.0e-09,4.0,4.0,'[{"task": "gd", "verdict": "AC", "score": 1.0, "points": 4.0, "message": "a message", "mistakes": [], "dialect": null, "findings": [], "lines": [], "diff": [], "paths": [], "notes": []}]','[]','2026-11-03 08:00:03.000000');
INSERT INTO "attempts" VALUES(4,2,'v2','0.1.0',5,'cab1e0000000','bubblewrap','{"cpu": 2.0}',1.0e-09,2.0,4.0,'[{"task": "gd", "verdict": "PC", "score": 0.5, "points": 4.0, "message": "a message", "mistakes": [], "dialect": null, "findings": [], "lines": [], "diff": [], "paths": [], "notes": []}]','[]','2026-11-03 08:00:04.000000');
CREATE TABLE overrides (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	student VARCHAR NOT NULL, 
	task VARCHAR NOT NULL, 
	points FLOAT NOT NULL, 
	why TEXT NOT NULL, 
	"by" VARCHAR NOT NULL, 
	"when" DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "overrides" VALUES(1,'hw1_gradients','bob','gd',3.0,'reread','the instructor','2026-11-04 08:00:00.000000');
CREATE TABLE submissions (
	id INTEGER NOT NULL, 
	assignment VARCHAR NOT NULL, 
	student VARCHAR NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	file VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	problem TEXT NOT NULL, 
	flags TEXT NOT NULL, 
	cells BLOB NOT NULL, 
	submitted DATETIME, 
	received DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT one_submission UNIQUE (assignment, student, digest)
);
INSERT INTO "submissions" VALUES(1,'hw1_gradients','ann','digest of a','hw1.py','script','','[]',X'789C8BAE56CA494C4ACD51B25250CA2837D42BA854D251502ACE2F2D4A4E05892582B8E9458929A9F199292001A5DA58009D290F37','2026-11-02 12:00:00.000000','2026-11-03 08:00:00.000000');
INSERT INTO "submissions" VALUES(2,'hw1_gradients','bob','digest of b','hw1.py','script','','[]',X'789C8BAE56CA494C4ACD51B25250CA2837D42BA854D251502ACE2F2D4A4E05892581B8E9458929A9F199292001A5DA58009D3D0F38','2026-11-02 12:00:00.000000','2026-11-03 08:00:00.000000');
CREATE INDEX submissions_of_a_digest ON submissions (assignment, digest);
CREATE INDEX overrides_of_a_student ON overrides (assignment, student);
COMMIT;
