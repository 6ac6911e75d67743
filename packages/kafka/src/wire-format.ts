/** Bytes before the Avro body: magic byte 0 and the schema id, 4 bytes big-endian. */
export const headerBytes = 5;

/** Schema id of a framed value; undefined when it is not one. */
export function schemaIdOf(bytes: Uint8Array): number | undefined {
  if (bytes.length < headerBytes || bytes[0] !== 0) return undefined;
  const high = bytes[1] ?? 0;
  return high * 0x1000000 + (((bytes[2] ?? 0) << 16) | ((bytes[3] ?? 0) << 8) | (bytes[4] ?? 0));
}

/** Writes the header into the first five bytes. */
export function writeHeader(bytes: Buffer, schemaId: number): void {
  bytes[0] = 0;
  bytes.writeUInt32BE(schemaId, 1);
}
