import { styleText } from "node:util";

export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Where a verb writes. Results go to `out`, what is only about the run (progress, errors) to `err`. */
export interface Terminal {
  out(line: string): void;
  err(line: string): void;
  /** For a line of `out`: coloured where that is a terminal and NO_COLOR is not set. */
  style(style: Style, text: string): string;
  /** The same for a line of `err`. */
  styleErr(style: Style, text: string): string;
  readonly stderr: NodeJS.WriteStream;
  /** Width of a line of `out`; undefined where it is not a terminal. */
  readonly columns: number | undefined;
}

export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    // Honours NO_COLOR, FORCE_COLOR and whether the stream is a terminal.
    style: (style, text) => styleText(style, text, { stream: stdout }),
    styleErr: (style, text) => styleText(style, text, { stream: stderr }),
    stderr,
    get columns() {
      return stdout.isTTY ? stdout.columns : undefined;
    },
  };
}

/** Text from elsewhere must not steer the terminal: control characters are written as escapes. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
