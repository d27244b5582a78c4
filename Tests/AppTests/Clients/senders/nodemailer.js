// Node's nodemailer: nodemailer.js plain|starttls|tls PORT [CA]
const fs = require("fs");
const nodemailer = require("/usr/share/nodejs/nodemailer");

const [way, port, ca] = process.argv.slice(2);
const options = {
  plain: () => ({ host: "127.0.0.1" }),
  starttls: () => ({ host: "localhost", requireTLS: true, tls: { ca: fs.readFileSync(ca) } }),
  tls: () => ({ host: "localhost", secure: true, tls: { ca: fs.readFileSync(ca) } }),
}[way]();

nodemailer.createTransport({ port: Number(port), ...options }).sendMail(
  { from: "me@example.org", to: "you@example.org", subject: "Hi", text: "Hello." },
  (error, info) => {
    if (error || !info.response.startsWith("250 ")) {
      console.error(error || info.response);
      process.exit(1);
    }
  });
