// Names one action of a person, for its Idempotency-Key. Knows no request; queue_server/request_keys.py makes the same.

/**
 * A UUID of version 7 (RFC 9562, 5.7) as 32 hexadecimal digits: 48 bits of Unix time in ms, then 74 random bits. The
 * server keeps keys in order, so those that begin with the time cost it least. Works without a secure context.
 */
export function keyAt(unix_ms: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  bytes[0] = 0x70 | (bytes[0]! & 0x0f);
  bytes[2] = 0x80 | (bytes[2]! & 0x3f);
  const time = Math.trunc(unix_ms).toString(16).padStart(12, "0");
  return time + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
