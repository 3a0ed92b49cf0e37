// A client on the npm package "ws": node client.js URL WHAT. WHAT is leave, terminate, stay, or the name of a
// subprotocol. It takes messages up to 64 kB.
"use strict";

const WebSocket = require("ws");

const [url, what] = process.argv.slice(2);
const socket = new WebSocket(url, ["leave", "terminate", "stay"].includes(what) ? [] : [what], {
  maxPayload: 65536,
});
socket.on("error", () => {});
socket.on("open", () => {
  socket.send('{"type":"hello"}');
  if (what === "stay") return;
  setTimeout(() => (what === "terminate" ? socket.terminate() : socket.close(1000)), 300);
});
socket.on("close", () => process.exit(0));
