// Authenticator codes (RFC 6238, SHA-1, six digits, thirty seconds) that are never used twice.
import { createHmac } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const lastStep = new Map();

/** The code for one step of a base32 secret. */
export function codeAt(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", base32(secret)).update(counter).digest();
  const offset = digest[19] & 0xf;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** A code that this process has not used yet; waits when one step ahead is not enough. */
export async function freshCode(secret) {
  const key = secret.replaceAll(" ", "").toUpperCase();
  const now = () => Math.floor(Date.now() / 30_000);
  const step = Math.max(now(), (lastStep.get(key) ?? 0) + 1);
  while (step > now() + 1) await sleep(250);
  lastStep.set(key, step);
  return codeAt(key, step);
}

/** The secret that a set-up page shows in upper-case groups of four. */
export function secretIn(text) {
  return text.match(/\b[A-Z2-7]{4}(?: [A-Z2-7]{4}){3,}\b/)?.[0].replaceAll(" ", "") ?? null;
}

function base32(text) {
  let bits = "";
  for (const letter of text.replace(/[\s=]/g, "").toUpperCase()) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, "0");
  const bytes = bits.match(/.{8}/g) ?? [];
  return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2)));
}
