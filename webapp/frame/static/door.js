/* The door of an event: codes by camera or typed, names by finger, with and without a network.
   What is recorded without one is kept in this browser and sent as soon as there is one. */
(function () {
  "use strict";
  const door = document.getElementById("door");
  if (!door) return;
  const said = document.getElementById("door-said");
  const waits = document.getElementById("door-waiting");
  const store = "door:" + door.dataset.event; // whichever link opens it: the next one sends the rest
  const people = [...door.querySelectorAll("li[data-registration]")];
  const queue = () => JSON.parse(localStorage.getItem(store) || "[]");
  let sending = false;

  function keep(list) {
    localStorage.setItem(store, JSON.stringify(list));
    waits.hidden = !list.length;
    waits.textContent = door.dataset.wordsWaiting.replace("{n}", String(list.length));
  }

  function say(text, kind) {
    said.hidden = false;
    said.className = "notice notice-" + kind;
    said.textContent = text;
  }

  function clock() {
    return new Date().toTimeString().slice(0, 5);
  }

  function mark(item, since) {
    item.dataset.since = since;
    item.querySelector(".door-since").textContent = "✓ " + since;
  }

  function found(code) {
    const plain = code.trim().toLowerCase();
    const parts = plain.split(":");
    if (parts.length === 3) {
      // The whole signature is checked by the server; its beginning is what this list knows.
      return people.find(
        (item) => item.dataset.registration === parts[1] && parts[2].startsWith(item.dataset.short),
      );
    }
    const short = plain.replace(/[\s-]/g, "").replace(/o/g, "0").replace(/[il]/g, "1");
    return people.find((item) => item.dataset.short === short);
  }

  class Ended extends Error {} // the link was revoked, or its time is over: no matter of the network

  async function send(list) {
    const answer = await fetch(door.dataset.sync, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(list),
    });
    if (answer.status === 404) throw new Ended();
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  function shown(result) {
    const item = people.find((one) => one.dataset.registration === result.registration);
    if (item && result.since) mark(item, result.since);
    const who = item ? item.querySelector(".person-name").textContent.trim() + ": " : "";
    say(who + result.words, result.kind || "error");
  }

  async function record(entry) {
    try {
      shown((await send([entry]))[0]);
    } catch (problem) {
      if (problem instanceof Ended) {
        say(door.dataset.wordsEnded, "error");
        return;
      }
      const item = entry.code ? found(entry.code)
        : people.find((one) => one.dataset.registration === entry.registration);
      if (!item) {
        say(door.dataset.wordsUnknown, "error");
        return;
      }
      if (item.dataset.since) {
        say(door.dataset.wordsAgain.replace("{time}", item.dataset.since), "warning");
        return;
      }
      mark(item, clock());
      keep([...queue(), { ...entry, registration: item.dataset.registration, offline: true }]);
      say(door.dataset.wordsIn + " " + door.dataset.wordsKept, "success");
    }
  }

  async function flush() {
    const list = queue();
    if (!list.length || sending) return;
    sending = true;
    try {
      const part = list.slice(0, 200);
      const results = await send(part);
      keep(queue().slice(part.length));
      results.filter((one) => one.outcome !== "in").forEach(shown);
    } catch (problem) {
      // Without a network it is tried again; with another link, too.
      if (problem instanceof Ended) say(door.dataset.wordsEnded, "error");
    } finally {
      sending = false;
    }
  }

  const form = document.getElementById("door-code");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const box = document.getElementById("code");
    const code = box.value;
    box.value = "";
    box.focus();
    record({ code, at: new Date().toISOString() });
  });
  people.forEach((item) => {
    item.querySelector("form").addEventListener("submit", (event) => {
      if (event.submitter && event.submitter.value === "undo") return;
      event.preventDefault();
      record({ registration: item.dataset.registration, at: new Date().toISOString() });
    });
  });
  document.getElementById("door-find").addEventListener("input", (event) => {
    const text = event.target.value.trim().toLowerCase();
    people.forEach((item) => {
      item.hidden = !item.textContent.toLowerCase().includes(text);
    });
  });
  window.addEventListener("online", flush);
  setInterval(flush, 15000);
  keep(queue());
  flush();

  // The page itself without a network: a worker keeps it as it was when it was last seen.
  if ("serviceWorker" in navigator && door.dataset.worker) {
    const files = [...document.querySelectorAll("script[src], link[rel=stylesheet]")]
      .map((one) => one.src || one.href);
    navigator.serviceWorker.register(door.dataset.worker, { scope: "/door/" })
      .then(() => navigator.serviceWorker.ready)
      .then(() => caches.open("door"))
      .then((kept) => kept.addAll([location.href, ...files]))
      .then(() => { door.dataset.kept = "yes"; })
      .catch(() => {}); // the door works without it as long as there is a network
  }

  // Scanning: by the browser itself where it can read codes, else by a reader of ours, which is
  // loaded at once, so that it is there without a network.
  const button = document.getElementById("door-camera");
  const video = document.getElementById("door-video");
  if (!navigator.mediaDevices) return;
  button.hidden = false;

  async function own() {
    if (!("BarcodeDetector" in window)) return null;
    const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    return formats.includes("qr_code")
      ? new window.BarcodeDetector({ formats: ["qr_code"] }) : null;
  }

  function reader() {
    const canvas = document.createElement("canvas");
    const picture = canvas.getContext("2d", { willReadFrequently: true });
    return {
      async detect(source) {
        if (!source.videoWidth) return [];
        const width = Math.min(640, source.videoWidth);
        const height = Math.round((source.videoHeight * width) / source.videoWidth);
        canvas.width = width;
        canvas.height = height;
        picture.drawImage(source, 0, 0, width, height);
        const found = window.jsQR(picture.getImageData(0, 0, width, height).data, width, height);
        return found && found.data ? [{ rawValue: found.data }] : [];
      },
    };
  }
  button.addEventListener("click", async () => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({
        video: { facingMode: "environment" },
      });
    } catch {
      button.hidden = true;
      return;
    }
    video.hidden = false;
    await video.play();
    const detector = (await own()) || reader();
    let last = "";
    setInterval(async () => {
      const codes = await detector.detect(video).catch(() => []);
      if (codes.length && codes[0].rawValue !== last) {
        last = codes[0].rawValue;
        record({ code: last, at: new Date().toISOString() });
      }
    }, 400);
  });
})();
