import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mail, Mailer } from "../../layers/notify/mailer.ts";

/**
 * Mail on one machine, where nothing sends any: a file per mail, which mail programs open. Named after the
 * notification, so that a repeat puts the same file in its place.
 */
export function createFileMailer(folder: string): Mailer {
  return {
    async send(mail) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = join(folder, `${mail.dedupKey}.eml`);
      await writeFile(`${file}.part`, messageOf(mail), { mode: 0o600 });
      await rename(`${file}.part`, file);
      return `written to ${file}`;
    },
  };
}

/** RFC 5322 and RFC 2046: both parts in base64, so that no line is too long and no byte is changed. */
function messageOf({ to, subject, text, html, dedupKey }: Mail): string {
  const boundary = `=_${dedupKey}`;
  const part = (type: string, content: string) =>
    `--${boundary}\r\nContent-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${folded(content)}\r\n`;
  return [
    "From: telemetry-bus@localhost",
    `To: ${to.join(", ")}`,
    `Subject: ${encodedWords(subject)}`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${dedupKey}@localhost>`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    "",
    `${part("text/plain", text)}${part("text/html", html)}--${boundary}--`,
    "",
  ].join("\r\n");
}

const LINE = 76;

const folded = (content: string): string =>
  (
    Buffer.from(content)
      .toString("base64")
      .match(new RegExp(`.{1,${LINE}}`, "g")) ?? []
  ).join("\r\n");

/** RFC 2047: words of 75 characters at most, none of which holds part of a character. */
function encodedWords(subject: string): string {
  const words: string[] = [];
  let word = "";
  for (const character of subject) {
    if (Buffer.byteLength(word + character) > 42) {
      words.push(word);
      word = "";
    }
    word += character;
  }
  return [...words, word].map((each) => `=?UTF-8?B?${Buffer.from(each).toString("base64")}?=`).join("\r\n ");
}
