package io.visor.config;

import io.visor.json.Json;
import io.visor.model.CommandLine;
import io.visor.model.Dependency;
import io.visor.model.Durations;
import io.visor.model.EndpointAddress;
import io.visor.model.Environment;
import io.visor.model.ExitCondition;
import io.visor.model.HealthSpec;
import io.visor.model.Lavap;
import io.visor.model.LogSpec;
import io.visor.model.OutputPattern;
import io.visor.model.ProcessSpec;
import io.visor.model.ProgramName;
import io.visor.model.ProgramSpec;
import io.visor.model.ReleaseSpec;
import io.visor.model.RestartPolicy;
import io.visor.model.Secrets;
import io.visor.model.ServiceSpec;
import io.visor.model.Sizes;
import io.visor.model.StopPolicy;
import io.visor.model.UnitName;
import io.visor.model.VisorConfig;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;

/// Shows a configuration with its defaults filled in and its secrets masked.
public final class ConfigWriter {

    private static final Pattern SECRET =
            Pattern.compile(
                    "(?i).*(PASS|SECRET|TOKEN|KEY|CREDENTIAL|MNEMONIC|SEED|DSN|JWT|AUTH|API_INFO).*");

    private ConfigWriter() {}

    /// The configuration as a JSON value with the keys of the file.
    public static Json write(VisorConfig config) {
        Map<String, Json> programs = new LinkedHashMap<>();
        for (Map.Entry<ProgramName, ProgramSpec> entry :
                new TreeMap<>(config.programs()).entrySet()) {
            programs.put(entry.getKey().text(), program(entry.getValue()));
        }
        List<Json> services =
                config.services().stream()
                        .map(service ->
                                service.unit() == null
                                        ? service(service)
                                        : unit(service, service.unit()))
                        .toList();
        return Json.object(
                "chain",
                Json.object(
                        "network",
                        "lava",
                        "chain-id",
                        config.chain().chainId(),
                        "endpoints",
                        config.chain().endpoints().stream()
                                .map(EndpointAddress::toString)
                                .toList()),
                "programs",
                new Json.Obj(programs),
                "services",
                services);
    }

    private static Json program(ProgramSpec program) {
        return Json.object(
                "binary",
                program.binary(),
                "version",
                Json.object(
                        "authority",
                        "chain",
                        "role",
                        program.role() == null
                                ? null
                                : program.role().name().toLowerCase(Locale.ROOT)),
                "release",
                release(program.release()),
                "upgrade",
                UpgradeWriter.write(program.upgrade()));
    }

    private static Json release(ReleaseSpec release) {
        String assurance = release.required().name();
        String versionCommand = CommandLine.join(release.versionArguments());
        return switch (release.source()) {
            case ReleaseSpec.Github github ->
                    Json.object(
                            "github",
                            github.repository(),
                            "asset",
                            github.asset(),
                            "checksums",
                            github.checksums(),
                            "github-url",
                            Secrets.hideUserInfo(github.url()),
                            "github-api-url",
                            Secrets.hideUserInfo(github.apiUrl()),
                            "assurance",
                            assurance,
                            "version-command",
                            versionCommand);
            case ReleaseSpec.UrlTemplate template ->
                    Json.object(
                            "url",
                            Secrets.hideUserInfo(template.url()),
                            "checksum-url",
                            template.checksumUrl() == null
                                    ? null
                                    : Secrets.hideUserInfo(template.checksumUrl()),
                            "assurance",
                            assurance,
                            "version-command",
                            versionCommand);
        };
    }

    private static Json service(ServiceSpec service) {
        ProcessSpec process = service.process();
        ProcessSpec.@Nullable Owner owner = process.owner();
        return Json.object(
                "name",
                service.name().text(),
                "program",
                service.program() == null ? null : service.program().text(),
                "command",
                CommandLine.join(
                        service.command().stream().map(Secrets::hideUserInfoWithin).toList()),
                "working-directory",
                service.workingDirectory().toString(),
                "environment",
                environment(service.environment()),
                "user",
                owner == null ? null : owner.user(),
                "group",
                owner == null ? null : owner.group(),
                "umask",
                process.umask() == null
                        ? null
                        : String.format(Locale.ROOT, "%03o", process.umask()),
                "nice",
                process.nice(),
                "oom-score",
                process.oomScore(),
                "limits",
                limits(process),
                "after",
                after(service),
                "restart",
                restart(service.restart()),
                "stop",
                service.stop().steps().stream().map(ConfigWriter::step).toList(),
                "health",
                HealthWriter.write(service.health()),
                "log",
                log(service.output()));
    }

    /// LavaVisor's form where it says all.
    private static Json unit(ServiceSpec service, UnitName unit) {
        boolean isPlain =
                Lavap.NAME.equals(service.program())
                        && service.name().text().equals(unit.stem())
                        && service.after().isEmpty()
                        && service.health().equals(HealthSpec.NONE);
        return isPlain
                ? new Json.Str(unit.text())
                : Json.object(
                        "name",
                        service.name().text(),
                        "program",
                        service.program() == null ? null : service.program().text(),
                        "unit",
                        unit.text(),
                        "after",
                        after(service),
                        "health",
                        HealthWriter.write(service.health()));
    }

    private static @Nullable List<Json> after(ServiceSpec service) {
        return service.after().isEmpty()
                ? null
                : service.after().stream().map(ConfigWriter::dependency).toList();
    }

    private static @Nullable Json log(ServiceSpec.Output output) {
        return switch (output) {
            case ServiceSpec.PassThrough() -> null;
            case ServiceSpec.ToFile(var _, LogSpec log) ->
                    Json.object(
                            "format",
                            log.format().word(),
                            "timestamps",
                            log.timestamps(),
                            "max-size",
                            Sizes.exact(log.maxBytes()),
                            "keep",
                            log.keep());
        };
    }

    private static @Nullable Json environment(Environment environment) {
        Map<String, Json> shown = new LinkedHashMap<>();
        // What the files hold is not shown: they are where secrets are kept.
        List<Json> files =
                environment.files().stream()
                        .map(file -> (Json) new Json.Str(file.toString()))
                        .toList();
        if (!files.isEmpty()) {
            shown.put("file", files.size() == 1 ? files.getFirst() : new Json.Arr(files));
        }
        new TreeMap<>(environment.variables())
                .forEach((name, value) -> shown.put(name, new Json.Str(shown(name, value))));
        return shown.isEmpty() ? null : new Json.Obj(shown);
    }

    private static @Nullable Json limits(ProcessSpec process) {
        Map<String, Json> shown = new LinkedHashMap<>();
        for (ProcessSpec.Limit limit : ProcessSpec.Limit.values()) {
            ProcessSpec.LimitValue value = process.limits().get(limit);
            if (value != null) {
                shown.put(limit.word(), new Json.Str(value.toString()));
            }
        }
        return shown.isEmpty() ? null : new Json.Obj(shown);
    }

    private static Json dependency(Dependency dependency) {
        return Json.object("service", dependency.service().text(), "is", dependency.is().word());
    }

    private static Json restart(RestartPolicy restart) {
        return Json.object(
                "mode",
                restart.mode().word(),
                "delay",
                Durations.exact(restart.backoff().first()),
                "factor",
                number(restart.backoff().factor()),
                "max-delay",
                Durations.exact(restart.backoff().max()),
                "jitter",
                number(restart.backoff().jitter()),
                "reset-after",
                Durations.exact(restart.resetAfter()),
                "limit",
                restart.limit() == null ? null : restart.limit().toString(),
                "success-codes",
                restart.successCodes().isEmpty()
                        ? null
                        : restart.successCodes().stream().sorted().toList(),
                "never-on",
                conditions(restart.neverOn()),
                "retry-on",
                conditions(restart.retryOn()));
    }

    /// As a person writes it: `2` and `10`, not `2.0` and `1E+1`, which is not read back.
    private static BigDecimal number(double value) {
        BigDecimal shortest = BigDecimal.valueOf(value).stripTrailingZeros();
        return shortest.scale() < 0 ? shortest.setScale(0) : shortest;
    }

    private static @Nullable List<Json> conditions(List<ExitCondition> conditions) {
        return conditions.isEmpty()
                ? null
                : conditions.stream().map(ConfigWriter::condition).toList();
    }

    private static Json condition(ExitCondition condition) {
        return switch (condition) {
            case ExitCondition.Code(int code) -> new Json.Num(BigDecimal.valueOf(code));
            case ExitCondition.Output(OutputPattern pattern) -> new Json.Str(pattern.toString());
        };
    }

    private static String shown(String name, String value) {
        return SECRET.matcher(name).matches() ? Secrets.MASK : Secrets.hideUserInfoWithin(value);
    }

    private static Json step(StopPolicy.Step step) {
        return Json.object("signal", step.signal().name(), "grace", Durations.exact(step.grace()));
    }

    /// The configuration as YAML that [ConfigReader] reads back, but for what is masked.
    public static String writeYaml(VisorConfig config) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setWidth(200);
        return new Yaml(new Texts(options), options).dump(plain(write(config)));
    }

    /// Puts texts with control characters and unusual ends of lines between double quotes, where
    /// they are escaped: by itself the library would write some as binary data, and let others
    /// become plain ends of lines when they are read.
    private static final class Texts extends Representer {

        private static final Pattern TO_ESCAPE = Pattern.compile("[\\p{Cc}\\u2028\\u2029\\uFEFF]");

        Texts(DumperOptions options) {
            super(options);
            representers.put(
                    String.class,
                    data -> {
                        String text = String.valueOf(data);
                        ScalarStyle style =
                                TO_ESCAPE.matcher(text).find()
                                        ? ScalarStyle.DOUBLE_QUOTED
                                        : ScalarStyle.PLAIN;
                        return representScalar(Tag.STR, text, style);
                    });
        }
    }

    private static Object plain(Json json) {
        return switch (json) {
            case Json.Obj(Map<String, Json> members) -> {
                Map<String, Object> map = new LinkedHashMap<>();
                members.forEach((key, value) -> map.put(key, plain(value)));
                yield map;
            }
            case Json.Arr(List<Json> items) -> items.stream().map(ConfigWriter::plain).toList();
            case Json.Str(String text) -> text;
            // As a fraction the library would write `!!float '5'`.
            case Json.Num(BigDecimal number) ->
                    number.scale() == 0 ? number.unscaledValue() : number;
            case Json.Bool(boolean bool) -> bool;
            case Json.Null() -> "";
        };
    }
}
