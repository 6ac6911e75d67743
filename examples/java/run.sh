#!/usr/bin/env bash
# Fetches the two libraries once, then runs the one source file. Needs Java 17 and Maven.
set -euo pipefail
cd "$(dirname "$0")"
classpath=${TMPDIR:-/tmp}/trending-example-classpath-$$
trap 'rm -f "$classpath"' EXIT
resolve=(-q -B dependency:build-classpath "-Dmdep.outputFile=$classpath")
# Both live for seconds only: compiling them well costs more than it brings.
brief=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
export MAVEN_OPTS=${MAVEN_OPTS:-${brief[*]}}
# Once fetched, they need no network.
mvn -o "${resolve[@]}" >/dev/null 2>&1 || mvn "${resolve[@]}" >&2
java "${brief[@]}" -cp "$(cat "$classpath")" PublishToKafka.java
