// A server on the npm package "ws": node server.js SETTINGS. Prints its port; what it does is decided by the path.
"use strict";

const { WebSocketServer } = require("ws");

const settings = JSON.parse(process.argv[2]);
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: settings.port || 0,
  maxPayload: settings.max_size || 100 << 20,
  perMessageDeflate: Boolean(settings.deflate),
  handleProtocols: () => false,
});

server.on("listening", () => console.log(server.address().port));
server.on("connection", (socket, request) => {
  const [what, ...rest] = request.url.split("?")[0].slice(1).split("/");
  socket.isAlive = true;
  socket.on("pong", () => { socket.isAlive = true; });
  socket.on("error", () => {});
  if (what === "stream") {
    const timer = setInterval(() => socket.send('{"type":"tick"}'), 40);
    socket.on("close", () => clearInterval(timer));
  }
  socket.on("message", (data, isBinary) => {
    if (what === "boom" && String(data).includes("boom")) throw new Error("no quantity");
    if (what === "close") socket.close(...(rest.length ? [Number(rest[0]), rest.slice(1).join(" ")] : []));
    else if (what === "terminate") socket.terminate();
    else if (what !== "stream") socket.send(data, { binary: isBinary });
  });
});

// The orderly stop that every guide shows.
if (settings.graceful) {
  process.on("SIGTERM", () => {
    for (const socket of server.clients) socket.close(1001);
    setTimeout(() => process.exit(0), 300);
  });
}

// The heartbeat that the package's own documentation recommends.
if (settings.ping_interval) {
  setInterval(() => {
    for (const socket of server.clients) {
      if (!socket.isAlive) { socket.terminate(); continue; }
      socket.isAlive = false;
      socket.ping();
    }
  }, settings.ping_interval * 1000);
}
