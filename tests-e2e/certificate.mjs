// A self-signed certificate (RFC 5280) with a fresh P-256 key, as a partner would make with any tool.
import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";

/** The certificate and its private key as PEM, good for a year from now. */
export async function newCertificate(name) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const distinguished = sequence(tlv(0x31, sequence(oid(COMMON_NAME), tlv(0x0c, Buffer.from(name)))));
  const now = Date.now();
  const serial = randomBytes(16);
  serial[0] = (serial[0] & 0x3f) | 0x40;
  const toSign = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    sequence(oid(ECDSA_WITH_SHA256)),
    distinguished,
    sequence(time(now - 3_600_000), time(now + 365 * 86_400_000)),
    distinguished,
    publicKey.export({ format: "der", type: "spki" }),
  );
  const signature = createSign("sha256").update(toSign).sign(privateKey);
  const der = sequence(toSign, sequence(oid(ECDSA_WITH_SHA256)), tlv(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { pem: pem("CERTIFICATE", der), privatePem: privateKey.export({ format: "pem", type: "pkcs8" }) };
}

const COMMON_NAME = [0x55, 0x04, 0x03];
const ECDSA_WITH_SHA256 = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

function tlv(tag, value) {
  const size = value.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), value]);
}

function sequence(...parts) {
  return tlv(0x30, Buffer.concat(parts));
}

function integer(bytes) {
  return tlv(0x02, bytes);
}

function oid(bytes) {
  return tlv(0x06, Buffer.from(bytes));
}

function time(milliseconds) {
  const digits = new Date(milliseconds).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return tlv(0x17, Buffer.from(`${digits}Z`));
}

function pem(label, der) {
  return `-----BEGIN ${label}-----\n${der.toString("base64").match(/.{1,64}/g).join("\n")}\n-----END ${label}-----\n`;
}
