// Plays the plan that stands on stdin and prints what it saw, both as JSON.
const fs = require("fs");
const WebSocket = require("ws");

const plan = JSON.parse(fs.readFileSync(0));
const messages = [];
const socket = new WebSocket(plan.url);
socket.on("error", () => {});
socket.on("open", () => {
  for (const message of plan.sends) socket.send(typeof message === "string" ? message : Buffer.from(message.hex, "hex"));
});
socket.on("message", (data, isBinary) => {
  messages.push(isBinary ? { hex: data.toString("hex") } : data.toString());
  if (messages.length === plan.echoes && plan.code !== null) socket.close(plan.code, plan.reason);
});
socket.on("close", (code, reason) => {
  console.log(JSON.stringify({ messages, code, reason: reason.toString() }));
});
