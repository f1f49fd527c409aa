// Passkeys: asks the site what for, the browser for one, and posts its answer as a form.
"use strict";

(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const letters = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const asked = (options) => {
    const given = { ...options, challenge: bytes(options.challenge) };
    if (options.user) given.user = { ...options.user, id: bytes(options.user.id) };
    for (const list of ["excludeCredentials", "allowCredentials"]) {
      if (options[list]) given[list] = options[list].map((one) => ({ ...one, id: bytes(one.id) }));
    }
    return { publicKey: given };
  };

  const said = (credential) => {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = letters(credential.response[name]);
    }
    return {
      id: credential.id,
      rawId: letters(credential.rawId),
      type: credential.type,
      response,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      const trouble = form.querySelector("[data-trouble]");
      trouble.hidden = true;
      try {
        const body = new URLSearchParams({ csrf_token: form.elements.csrf_token.value });
        const reply = await fetch(form.dataset.options, { method: "POST", body });
        if (!reply.ok) throw new Error(String(reply.status));
        const options = asked(await reply.json());
        const credential = form.dataset.passkey === "add"
          ? await navigator.credentials.create(options)
          : await navigator.credentials.get(options);
        form.elements.answer.value = JSON.stringify(said(credential));
        form.submit();
      } catch {
        trouble.hidden = false;
      }
    });
  }
})();
