declare module 'kafkajs-snappy' {
  const snappyCodec: () => unknown;
  export = snappyCodec;
}
