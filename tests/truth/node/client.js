// A client on the npm package "ws": node client.js URL WHAT. WHAT is leave, terminate, or the name of a subprotocol.
"use strict";

const WebSocket = require("ws");

const [url, what] = process.argv.slice(2);
const socket = new WebSocket(url, ["leave", "terminate"].includes(what) ? [] : [what]);
socket.on("error", () => {});
socket.on("open", () => {
  socket.send('{"type":"hello"}');
  setTimeout(() => (what === "terminate" ? socket.terminate() : socket.close(1000)), 300);
});
socket.on("close", () => process.exit(0));
