internal import EngineModel

/// The tables. A change of them adds a step to ``Schema/steps`` and never edits one that was released.
enum Schema {
    /// Step n takes a database of `user_version` n to n + 1.
    static let steps = [
        """
        CREATE TABLE containers(
            sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, project TEXT NOT NULL,
            image TEXT NOT NULL, created INTEGER NOT NULL, arguments TEXT NOT NULL, configuration TEXT NOT NULL,
            mounts TEXT NOT NULL, spec TEXT NOT NULL,
            state TEXT NOT NULL, health TEXT, exit_code INTEGER NOT NULL, oom INTEGER NOT NULL, error TEXT,
            started INTEGER, finished INTEGER, restarts INTEGER NOT NULL, pid INTEGER NOT NULL,
            start_ticks INTEGER NOT NULL, boot TEXT NOT NULL, should_run INTEGER NOT NULL,
            addresses TEXT NOT NULL, ports TEXT NOT NULL);
        CREATE INDEX containers_project ON containers(project);
        CREATE INDEX containers_image ON containers(image);
        CREATE TABLE networks(
            sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
        CREATE TABLE volumes(sequence INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, record TEXT NOT NULL);
        CREATE TABLE images(
            id TEXT PRIMARY KEY NOT NULL, layers TEXT NOT NULL, size INTEGER NOT NULL, stored INTEGER NOT NULL,
            content TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE image_names(reference TEXT PRIMARY KEY NOT NULL, image TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX image_names_image ON image_names(image);
        CREATE TABLE address_leases(
            network TEXT NOT NULL, address TEXT NOT NULL, container TEXT NOT NULL,
            PRIMARY KEY(network, address)) WITHOUT ROWID;
        CREATE INDEX address_leases_container ON address_leases(container);
        CREATE TABLE port_leases(
            protocol TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL, container TEXT NOT NULL,
            PRIMARY KEY(protocol, port, address)) WITHOUT ROWID;
        CREATE INDEX port_leases_container ON port_leases(container);
        CREATE TABLE events(
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, type TEXT NOT NULL,
            action TEXT NOT NULL, id TEXT NOT NULL, project TEXT NOT NULL, attributes TEXT NOT NULL);
        """,
        """
        CREATE TABLE image_manifests(image TEXT PRIMARY KEY NOT NULL, digest TEXT NOT NULL) WITHOUT ROWID;
        CREATE TABLE repository_digests(reference TEXT PRIMARY KEY NOT NULL, image TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX repository_digests_image ON repository_digests(image);
        CREATE TABLE layer_blobs(
            diff_id TEXT PRIMARY KEY NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL)
            WITHOUT ROWID;
        CREATE INDEX layer_blobs_digest ON layer_blobs(digest);
        CREATE TABLE kept_content(
            owner TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY(owner, name)) WITHOUT ROWID;
        """,
        """
        CREATE TABLE build_steps(
            key TEXT PRIMARY KEY NOT NULL, layer TEXT NOT NULL, size INTEGER NOT NULL, made INTEGER NOT NULL,
            used INTEGER NOT NULL, instruction TEXT NOT NULL) WITHOUT ROWID;
        """,
        "DROP TABLE port_leases",
        "ALTER TABLE networks ADD COLUMN plan TEXT",
    ]

    /// Brings the database to the newest form. An up-to-date one costs a single read.
    static func prepare(_ connection: Connection) throws(EngineError) {
        try connection.execute(script: "PRAGMA synchronous=NORMAL")
        if try version(of: connection) == steps.count { return }
        try connection.execute(script: "PRAGMA journal_mode=WAL; BEGIN IMMEDIATE")
        do throws(EngineError) {
            let present = try version(of: connection)
            if present > steps.count {
                throw EngineError(.unsupported, "state store", "it was written by a newer version of compose")
            }
            for step in steps[present...] { try connection.execute(script: step) }
            try connection.execute(script: "PRAGMA user_version=\(steps.count); COMMIT")
        } catch {
            try? connection.execute(script: "ROLLBACK")
            throw error
        }
    }

    private static func version(of connection: Connection) throws(EngineError) -> Int {
        var version = 0
        try connection.query("PRAGMA user_version") { version = Int($0.integer(0)) }
        return version
    }
}
