// Passkeys and security keys: carries the question of a form to the browser and the answer back into the form.
// The words and the question are the form's own (data-…). Web Authentication Level 3 §5.1
//
// data-passkey="create"  a new key; the button `roaming` asks for one that is carried about
// data-passkey="get"     one of the keys that the page names
// data-passkey="any"     any key of this site, also offered by the browser where an address is typed

const forms = document.querySelectorAll("form[data-passkey]");
if (window.PublicKeyCredential) forms.forEach(begin);
else forms.forEach((form) => tell(form, form.dataset.unsupported));

function begin(form) {
  const kind = form.dataset.passkey;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formnovalidate")) return;
    event.preventDefault();
    tell(form, "");
    run(form, kind, event.submitter).catch((error) => fail(form, error));
  });
  if (kind === "any") {
    form.hidden = false;
    offer(form).catch(() => {});
  }
}

async function run(form, kind, submitter) {
  waiting?.abort();
  const publicKey = await question(form);
  if (kind === "create") {
    const roaming = submitter?.name === "roaming";
    publicKey.authenticatorSelection.authenticatorAttachment = roaming ? "cross-platform" : "platform";
    publicKey.hints = [roaming ? "security-key" : "client-device"];
    send(form, await navigator.credentials.create({ publicKey }));
  } else {
    send(form, await navigator.credentials.get({ publicKey }));
  }
}

// The keys that the browser shows beside the address field, without a window of their own.
let waiting;
async function offer(form) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  waiting = new AbortController();
  const { signal } = waiting;
  const again = setTimeout(() => {
    if (signal.aborted) return;
    waiting.abort();
    offer(form).catch(() => {});
  }, FRESH);
  try {
    const publicKey = await question(form);
    if (signal.aborted) return;
    send(form, await navigator.credentials.get({ publicKey, signal, mediation: "conditional" }));
  } finally {
    if (!signal.aborted) clearTimeout(again);
  }
}

async function question(form) {
  const { options, from } = form.dataset;
  if (options) return opened(JSON.parse(options));
  const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
  const answer = await fetch(from, { method: "POST", body });
  if (!answer.ok) throw new Error(`${from}: ${answer.status}`);
  return opened(await answer.json());
}

function send(form, credential) {
  form.elements.credential.value = JSON.stringify(closed(credential));
  // The main button is called `submit` too.
  HTMLFormElement.prototype.submit.call(form);
}

function fail(form, error) {
  const { already, cancelled, failed } = form.dataset;
  if (error.name === "AbortError") return;
  if (error.name === "InvalidStateError" && already) tell(form, already);
  else tell(form, error.name === "NotAllowedError" ? cancelled : failed);
}

function tell(form, words) {
  const place = form.querySelector("[data-passkey-status]");
  place.textContent = words;
  place.hidden = !words;
}

// Bytes travel as base64url.
function opened(options) {
  const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));
  const publicKey = { ...options, challenge: bytes(options.challenge) };
  if (options.user) publicKey.user = { ...options.user, id: bytes(options.user.id) };
  publicKey.excludeCredentials = named(options.excludeCredentials);
  publicKey.allowCredentials = named(options.allowCredentials);
  return publicKey;
}

function closed(credential) {
  const { response } = credential;
  const said = { clientDataJSON: text(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = text(response[part]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  };
}

function bytes(base64url) {
  const binary = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

// A question is good for five minutes.
const FRESH = 4 * 60 * 1000;
