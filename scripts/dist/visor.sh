#!/bin/sh
# Starts visor on the Java runtime that stands beside it.
#
# VISOR_JAVA_OPTIONS  more options for the Java virtual machine
# VISOR_NO_CACHE      if set, the caches of loaded classes are not used

self=$0
while [ -L "$self" ]; do
    link=$(readlink "$self")
    case $link in
    /*) self=$link ;;
    *) self=${self%/*}/$link ;;
    esac
done
case $self in
/*) visor=${self%/*}/.. ;;
*) visor=$PWD/${self%/*}/.. ;;
esac

# A command that prints something and ends wants to start fast. One that stays wants to be small: it is compiled late, and
# by the first compiler only, but for the code that hashes releases, which the second one makes as fast as the processor
# allows.
cache=command.aot
tuning=-XX:TieredStopAtLevel=1
for word; do
    case $word in
    service | status | config | create-service | doctor) break ;;
    start | wrap | pod | init)
        cache=instance.aot
        tuning="-XX:-AOTReplayTraining -XX:CompileThresholdScaling=10
            -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=6000
            -XX:Tier4CompileThreshold=150000 -XX:Tier4BackEdgeThreshold=400000
            -XX:CompileCommand=quiet
            -XX:CompileCommand=CompileThresholdScaling,sun.security.provider.SHA2::*,0.001"
        break
        ;;
    esac
done

# A class cache that cannot be used is no reason to say anything: visor then starts a little slower.
if [ -n "$VISOR_NO_CACHE" ]; then
    cache=
else
    cache=-XX:AOTCache=$visor/$cache
fi

# shellcheck disable=SC2086
exec "$visor/runtime/bin/java" \
    -XX:+UseSerialGC -Xms4m -Xmn1m -Xmx48m -Xss256k -XX:ReservedCodeCacheSize=16m \
    -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0 -XX:-UsePerfData -XX:-MaxFDLimit \
    -Xlog:disable -Xlog:all=error,aot*=off,cds*=off:stderr \
    --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow \
    -Dorg.sqlite.lib.path="$visor/lib" \
    $tuning $cache $VISOR_JAVA_OPTIONS \
    -cp "@CLASSPATH@" \
    io.visor.cli.VisorCommand "$@"
