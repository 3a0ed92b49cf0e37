// Echoes; "close CODE REASON" closes so, "drop" cuts the TCP connection. Prints its port.
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 }, () => console.log(server.address().port));
server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    const text = data.toString();
    const [command, code, ...reason] = text.split(" ");
    if (!isBinary && command === "close") socket.close(Number(code), reason.join(" "));
    else if (!isBinary && text === "drop") socket.terminate();
    else socket.send(data, { binary: isBinary });
  });
});
