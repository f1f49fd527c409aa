// Conversations: what is new comes by itself while the page is looked at; drafts outlive the page.
"use strict";

const EVERY = 4000; // milliseconds: one look at one node

// A page that nobody looks at asks nothing, and marks nothing as read.
window.setInterval(() => {
  const messages = document.querySelector("#messages[hx-get]");
  if (messages && !document.hidden && window.htmx) window.htmx.trigger(messages, "fresh");
}, EVERY);

function toTheNewest() {
  const messages = document.getElementById("messages");
  if (messages) messages.scrollTop = messages.scrollHeight;
}

// What is being written stays in this tab until it is sent, also when the session has ended.
const key = `draft:${window.location.pathname}`;
const box = () => document.querySelector("[data-draft]");

function keep() {
  const field = box();
  if (!field) return;
  if (field.value) window.sessionStorage.setItem(key, field.value);
  else window.sessionStorage.removeItem(key);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("[data-draft]")) keep();
});
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.target;
  const whole = !(target instanceof Element) || target.id !== "messages";
  if (whole) {
    keep();
    const field = box();
    if (field && !field.readOnly) field.focus();
  }
  toTheNewest();
});

// A form that posted without a script left its page: what the last message says was sent.
const field = box();
const kept = window.sessionStorage.getItem(key);
const mine = [...document.querySelectorAll(".said.mine .as-written")].pop();
if (field && kept && !field.value) {
  if (mine && mine.textContent.trim() === kept.trim()) window.sessionStorage.removeItem(key);
  else field.value = kept;
} else if (field && field.value) {
  keep();
}
toTheNewest();
