/** MD5 of a short text (RFC 1321): DJI names spoken texts by it, and browsers have none. */

const SHIFTS = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const;
const SINES = Array.from({ length: 64 }, (_, n) => Math.floor(Math.abs(Math.sin(n + 1)) * 2 ** 32) | 0);
const BLOCK = 64; // bytes

export function md5(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / BLOCK) * BLOCK);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const words = new DataView(padded.buffer);
  words.setUint32(padded.length - 8, bytes.length * 8, true);

  const sums = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476].map((each) => each | 0);
  for (let at = 0; at < padded.length; at += BLOCK) {
    let [a, b, c, d] = sums as [number, number, number, number];
    for (let n = 0; n < 64; n += 1) {
      const round = n >> 4;
      const [mixed, word] =
        round === 0
          ? [(b & c) | (~b & d), n]
          : round === 1
            ? [(d & b) | (~d & c), (5 * n + 1) % 16]
            : round === 2
              ? [b ^ c ^ d, (3 * n + 5) % 16]
              : [c ^ (b | ~d), (7 * n) % 16];
      const sum = (a + mixed + (SINES[n] as number) + words.getInt32(at + word * 4, true)) | 0;
      const shift = (SHIFTS[round] as readonly number[])[n % 4] as number;
      [a, d, c, b] = [d, c, b, (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0];
    }
    for (const [place, each] of [a, b, c, d].entries()) sums[place] = ((sums[place] as number) + each) | 0;
  }
  const out = new DataView(new ArrayBuffer(16));
  for (const [place, each] of sums.entries()) out.setInt32(place * 4, each, true);
  return [...new Uint8Array(out.buffer)].map((each) => each.toString(16).padStart(2, "0")).join("");
}
