package io.visor.it.errors;

/// Messages about the services in `config.yml`.
final class ServiceErrors {

    private static final String KEY = "line <n> <key>: ";
    private static final String SERVICE = "line <n> services[<i>]";

    private final ErrorScene scene;
    private final ErrorChecks checks;
    private final Mistakes mistakes;

    ServiceErrors(ErrorScene scene, ErrorChecks checks) {
        this.scene = scene;
        this.checks = checks;
        this.mistakes = new Mistakes(scene, checks);
    }

    void add() {
        addValues();
        addServices();
        addAfter();
        addRestart();
        addStop();
        addHealth();
        addHealthAddresses();
        addProcess();
        addOwner();
        addLocale();
    }

    private void key(String why, String rest) {
        mistakes.service(KEY + why, rest);
    }

    private void key(String key, String why, String rest) {
        mistakes.service(SERVICE + "." + key + ": " + why, rest);
    }

    private void addValues() {
        mistakes.item(KEY + "unknown key; did you mean \"<key>\"?", "{name: near, comand: b}");
        key("unknown key; known: <keys>", "telemetry: on");
        mistakes.item(KEY + "stands here twice", "{name: twice, command: b, command: c}");
        key("a key is a single word", "[a]: b");
        key("<value> is no mapping of keys to values", "restart: [always]");
        mistakes.item(KEY + "<value> is no text", "{name: list, command: [b]}");
        mistakes.item(KEY + "has a zero byte in it", "{name: zero, command: \"b\\0\"}");
        mistakes.item(KEY + "has no value", "{name: nothing, command: }");
        mistakes.item(KEY + "is empty", "{name: blank, command: \" \"}");
        key("\"<value>\" is no duration; write 30s, 5m, 1h30m", "restart: {delay: soon}");
        key("<value> is not between <least> and <most>", "restart: {reset-after: 10ms}");
        key("\"<value>\" is no number from <least> to <most>", "nice: 20");
        key("\"<value>\" is no size; write 64kB, 100MB, 1GiB", "log: {max-size: big}");
        key("\"<value>\" is not known; use <words>", "restart: {mode: sometimes}");
        key("\"<value>\" is no regular expression: <reason>", "restart: {retry-on: [\"(\"]}");
        key("this version of visor cannot do that yet; leave it out", "backend: systemd");
        mistakes.item(
                KEY + "a <quote> at character <n> is not closed", "{name: q, command: echo 'b}");
        mistakes.item(KEY + "it ends in a backslash", "{name: e, command: echo \\}");
    }

    private void addServices() {
        mistakes.item(
                SERVICE
                        + ": \"<value>\" is no unit; write name.service, or a mapping with name and"
                        + " command",
                "alice");
        mistakes.item(
                SERVICE
                        + ": <value> is no service; write name.service, or a mapping with name and"
                        + " command",
                "[alice]");
        mistakes.sound("a.service");
        mistakes.item(
                SERVICE + ": a service \"<name>\" stands above already", "{name: a, command: b}");
        mistakes.item(SERVICE + ": has no <key>", "{command: b}");
        mistakes.item(SERVICE + ": has no command, and no unit", "{name: neither}");
        mistakes.item(
                SERVICE + ".unit: \"<value>\" is no unit: <rule>", "{name: t, unit: a.timer}");
        mistakes.item(
                SERVICE + ": the unit <unit> stands above already", "{name: t2, unit: a.service}");
        mistakes.item(
                KEY
                        + "systemd does that for a unit; write <setting> in the unit's file and"
                        + " leave it out here",
                "{name: t3, unit: t3.service, command: b}");
        mistakes.item(
                SERVICE
                        + ".health: the output of a unit goes to systemd's journal, where no check"
                        + " looks for a line; use http, tcp, grpc or exec",
                "{name: t4, unit: t4.service, health: {log: ready}}");
        mistakes.item(
                SERVICE + ".name: \"<value>\" is no name of a service: <rule>",
                "{name: a b, command: b}");
        key("program", "\"<value>\" is no program here; known: <names>", "program: geth");
        key("environment.<name>", "is no name of a variable", "environment: {a-b: c}");
    }

    private void says(String message, String config) {
        checks.ends(message, () -> scene.run(Mistakes.check(scene.home(config))));
    }

    private void addAfter() {
        String after = "after: [{service: ";
        says(
                KEY + "is a circle: <services>; take one of them out",
                "services:\n  - {name: a, command: c, "
                        + after
                        + "b}]}\n  - {name: b, command: c, "
                        + after
                        + "a}]}\n");
        key("\"<name>\" is no service here; did you mean \"<name>\"?", after + "s00}]");
        key("\"<name>\" is no service here; known: <names>", after + "postgres}]");
        says(
                KEY + "\"<name>\" is no service here",
                "services:\n  - {name: a, command: c, " + after + "b}]}\n");
    }

    private void addRestart() {
        key(
                "restart.max-delay",
                "<time> is below delay, <time>",
                "restart: {delay: 2m, max-delay: 1m}");
        key(
                "restart.limit",
                "\"<value>\" is not of the form count/period, such as 5/10m",
                "restart: {limit: 5}");
        key(
                "restart.<key>[<i>]",
                "<value> is no exit code, 0 to 255",
                "restart: {success-codes: [256]}");
        key(
                "restart.<key>[<i>]",
                "<value> is neither an exit code nor an expression",
                "restart: {never-on: [[1]]}");
    }

    private void addStop() {
        key(
                "stop.signal",
                "\"<value>\" is no signal; use TERM, INT, QUIT, HUP, USR1, USR2 or KILL",
                "stop: {signal: STOP}");
    }

    private void health(String key, String why, String check) {
        key("health" + key, why, "health: {" + check + "}");
    }

    private void addHealth() {
        health("", "has none of <ways>", "every: 1s");
        health(
                ".<way>",
                "is one too many: a check has one of <ways>",
                "tcp: \"127.0.0.1:1\", exec: \"true\"");
        health(
                ".timeout",
                "nobody is asked for a line of the log; leave it out",
                "log: ready, timeout: 1s");
        health(
                ".successes",
                "a line of the log is seen once; leave it out",
                "log: ready, successes: 2");
        health(
                ".<purpose>.successes",
                "one success is enough for liveness; leave it out",
                "liveness: {exec: \"true\", successes: 2}");
    }

    private void addHealthAddresses() {
        String secret = "u:" + ErrorChecks.SECRET + "@";
        health(
                ".http",
                "\"<value>\" is no address: <reason>; write http://host:port/path",
                "http: \"http://" + secret + "a b\"");
        health(
                ".http",
                "\"<value>\" is no address; write http://host:port/path",
                "http: \"ftp://" + secret + "h/\"");
        health(
                ".<way>",
                "\"<value>\" is no address; write host:port, such as 127.0.0.1:9090",
                "tcp: localhost");
        health(
                ".<way>",
                "\"<value>\" has a port that is not 1 to 65535",
                "http: \"http://127.0.0.1:70000/\"");
    }

    private void addProcess() {
        key("umask", "\"<value>\" is no umask; write it in octal, such as 027", "umask: 8");
        key(
                "limits.<limit>",
                "\"<value>\" is no limit; write a number, or soft:hard",
                "limits: {core: \"1:2:3\"}");
        key(
                "limits.<limit>",
                "\"<value>\" is no limit; write a number, unlimited, or soft:hard",
                "limits: {core: much}");
        key(
                "limits.nofile",
                "\"<value>\" is no limit; write a number from 16 on, such as 65536, or soft:hard",
                "limits: {nofile: 1}");
        key(
                "limits.<limit>",
                "\"<value>\": the soft limit is above the hard one",
                "limits: {nproc: \"2:1\"}");
    }

    private void addOwner() {
        String unknown = "; correct it, or write the number";
        key("user", "\"<value>\" is no user in /etc/passwd" + unknown, "user: nobody-at-all");
        key("group", "\"<value>\" is no group in /etc/group" + unknown, "group: nobody-at-all");
        key(
                "user",
                "\"<value>\" has no entry in /etc/passwd and so no group; name a group",
                "user: 4000000000");
        asOther(
                "user: only root can start a process of another user; run visor as root, or leave"
                        + " user out",
                "user: root");
        asOther(
                "<key>: only root can start a process of another group; run visor as root, or"
                        + " leave <key> out",
                "group: root");
    }

    /// What somebody is told who is not root.
    private void asOther(String message, String rest) {
        checks.ends(
                SERVICE + "." + message,
                () ->
                        scene.runAsOther(
                                Mistakes.check(
                                        scene.home(
                                                "services: [{name: a, command: b, "
                                                        + rest
                                                        + "}]\n"))));
    }

    private void addLocale() {
        checks.ends(
                KEY
                        + "\"<value>\" has characters that the locale cannot name; set"
                        + " LC_ALL=C.UTF-8",
                () ->
                        scene.place
                                .with("LC_ALL", "C")
                                .run(
                                        Mistakes.check(
                                                scene.home(
                                                        "services: [{name: a, command: ./ä}]\n"))));
    }
}
