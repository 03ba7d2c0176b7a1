// Passkeys: to confirm a signature, to sign in, and to add one. The options come from the server; the answer goes back in a hidden field.

const able = window.isSecureContext && "credentials" in navigator && "PublicKeyCredential" in window;

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

const named = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

// What a credential says, as the server reads it: every part in base64url.
function answer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"])
    if (credential.response[name]) response[name] = text(credential.response[name]);
  const { id, type, authenticatorAttachment } = credential;
  const clientExtensionResults = credential.getClientExtensionResults();
  return JSON.stringify({ id, type, rawId: text(credential.rawId), authenticatorAttachment, response, clientExtensionResults });
}

async function use({ publicKey }) {
  const options = { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: named(publicKey.allowCredentials) };
  return answer(await navigator.credentials.get({ publicKey: options }));
}

async function make({ publicKey }) {
  const user = { ...publicKey.user, id: bytes(publicKey.user.id) };
  const options = { ...publicKey, user, challenge: bytes(publicKey.challenge), excludeCredentials: named(publicKey.excludeCredentials) };
  return answer(await navigator.credentials.create({ publicKey: options }));
}

// Options that lie in the page, else fetched at the moment of use: a challenge is good once.
async function optionsOf(part) {
  const kept = document.getElementById(part.dataset.options ?? "");
  if (kept) return Object.values(JSON.parse(kept.textContent))[0];
  const token = document.querySelector("meta[name=csrf-token]").content;
  const response = await fetch(part.dataset.passkey, { method: "POST", headers: { "X-CSRFToken": token } });
  if (!response.ok) throw new Error(response.statusText);
  return response.json();
}

function prepare(part) {
  const button = part.querySelector("[data-passkey-use], [data-passkey-make]");
  const [off, error] = [part.querySelector("[data-passkey-off]"), part.querySelector("[role=alert]")];
  button.hidden = false;
  if (off) off.hidden = true;
  button.addEventListener("click", async () => {
    const form = button.form ?? part.closest("form");
    error.hidden = true;
    try {
      const options = await optionsOf(part);
      const field = form.elements.passkey ?? form.elements.credential;
      field.value = await ("passkeyMake" in button.dataset ? make : use)(options);
      form.requestSubmit();
    } catch {
      error.textContent = part.dataset.failed;
      error.hidden = false;
    }
  });
}

if (able) for (const part of document.querySelectorAll("[data-passkey]")) prepare(part);
