/*
 * RC2 in CBC mode (RFC 2268), for reading only: Java up to 8u301 and openssl 1 encipher the certificates of PKCS12 stores
 * with it, and the OpenSSL in Node no longer has it.
 */
const PI = Buffer.from(
  'd978f9c419ddb5ed28e9fd794aa0d89dc67e37832b76538e624c6488448bfba2179a59f587b34f1361456d8d09817d32bd8f40eb86b77b0bf09521225c6b4e82' +
    '54d66593ce60b21c7356c014a78cf1dc1275ca1f3bbee4d1423dd430a33cb6266fbf0eda4669075727f21d9bbc944303f811c7f690ef3ee706c3d52fc8661ed7' +
    '08e8eade8052eef784aa72ac354d6a2a961ad2715a1549744b9fd05e0418a4ecc2e0416e0f51cbcc2491af50a1f47039997c3a8523b8b47afc02365b25559731' +
    '2d5dfa98e38a92ae05df2910676cbac9d300e6cfe19ea82c6316013f58e289a90d38341bab33ffb0bb480c5fb9b1cd2ec5f3db47e5a59c770aa62068fe7fc1ad',
  'hex',
)
const BLOCK = 8
const SHIFTS = [1, 2, 3, 5] as const

/** Padding taken off. Throws RangeError when it is none: the key does not fit. */
export function rc2Decrypted(bytes: Uint8Array, key: Uint8Array, iv: Uint8Array): Buffer {
  if (bytes.length === 0 || bytes.length % BLOCK !== 0) throw new RangeError('the length')
  const words = expanded(key)
  const out = Buffer.alloc(bytes.length)
  for (let at = 0; at < bytes.length; at += BLOCK) {
    decryptBlock(bytes, at, words, out)
    for (let i = 0; i < BLOCK; i++) out[at + i]! ^= at === 0 ? iv[i]! : bytes[at - BLOCK + i]!
  }
  const padding = out.at(-1)!
  const pad = out.subarray(out.length - padding)
  if (padding < 1 || padding > BLOCK || pad.some((byte) => byte !== padding)) throw new RangeError('padding')
  return out.subarray(0, out.length - padding)
}

/** 64 words; the effective length is that of the key. */
function expanded(key: Uint8Array): Uint16Array {
  const bytes = new Uint8Array(128)
  bytes.set(key)
  for (let i = key.length; i < 128; i++) bytes[i] = PI[(bytes[i - 1]! + bytes[i - key.length]!) & 0xff]!
  bytes[128 - key.length] = PI[bytes[128 - key.length]!]!
  for (let i = 127 - key.length; i >= 0; i--) bytes[i] = PI[bytes[i + 1]! ^ bytes[i + key.length]!]!
  return Uint16Array.from({ length: 64 }, (_, i) => bytes[2 * i]! | (bytes[2 * i + 1]! << 8))
}

function decryptBlock(bytes: Uint8Array, at: number, words: Uint16Array, out: Buffer): void {
  const r = [0, 2, 4, 6].map((i) => bytes[at + i]! | (bytes[at + i + 1]! << 8))
  let next = 63
  const mix = () => {
    for (let i = 3; i >= 0; i--) {
      const shift = SHIFTS[i]!
      const [one, two, three] = [r[(i + 3) & 3]!, r[(i + 2) & 3]!, r[(i + 1) & 3]!]
      const turned = ((r[i]! >> shift) | (r[i]! << (16 - shift))) & 0xffff
      r[i] = (turned - words[next--]! - (one & two) - (~one & three)) & 0xffff
    }
  }
  const mash = () => {
    for (let i = 3; i >= 0; i--) r[i] = (r[i]! - words[r[(i + 3) & 3]! & 63]!) & 0xffff
  }
  for (const rounds of [5, 6, 5]) {
    for (let i = 0; i < rounds; i++) mix()
    if (next >= 0) mash()
  }
  for (const [i, word] of r.entries()) out.writeUInt16LE(word, at + 2 * i)
}
