import fc from "fast-check";
import { expect, it } from "vitest";
import { anyText } from "../../../../test/arbitraries.ts";
import { type Context, entryOf, found, idsOf, newName, stored } from "./samples.ts";

export function wordsContract(context: Context): void {
  const written = async (content: Parameters<typeof entryOf>[0]) => {
    const service = newName("service");
    const entry = entryOf({ service, ...content });
    await stored(context, [entry, entryOf({ service, message: "of another kind" })]);
    return async (q: string) => (await found(context, { service, q })).map(({ id }) => id === entry.id);
  };

  it("finds entries that hold all words, in any order and any case [EDGE-09]", async () => {
    const search = await written({ message: "Payment of order A-4711 failed: Card declined" });
    for (const q of ["payment", "DECLINED card", "order a-4711", "4711", "Card failed: Payment"]) {
      expect(await search(q), q).toEqual([true]);
    }
    for (const q of ["refund", "payment refund", "paymen", "ayment", "471"]) {
      expect(await search(q), q).toEqual([]);
    }
  });

  it("looks in the message, the stack and the values of the attributes, and in all of them together", async () => {
    const search = await written({
      message: "checkout broke",
      stack: "TypeError: x is not a function\n    at payNow (/srv/app/pay.ts:17:3)",
      attributes: {
        region: "eu-central-1",
        user: { mail: "ada@example.com", ids: [42, "seven"] },
        retried: true,
      },
    });
    for (const q of [
      "broke",
      "paynow",
      "pay.ts:17",
      "central",
      "ada@example.com",
      "42 seven",
      "true",
      "broke app ada",
    ]) {
      expect(await search(q), q).toEqual([true]);
    }
    for (const q of ["region", "mail", "info", "false"]) expect(await search(q), q).toEqual([]);
  });

  it("finds parts of what programs write together", async () => {
    const search = await written({
      message: "GET https://api.example.com/v1/users/77?x=y user_id=9 took 1.25s",
    });
    for (const q of ["example", "users/77", "user id 9", "api.example.com", "1.25s", "x=y"]) {
      expect(await search(q), q).toEqual([true]);
    }
  });

  it("knows other languages' letters in any case", async () => {
    const search = await written({
      message: "Größe überschritten ЗАПРОС отклонён naïve ΟΔΟΣ 发生错误 エラー",
    });
    for (const q of [
      "GRÖSSE",
      "überschritten",
      "ÜBERSCHRITTEN",
      "запрос ОТКЛОНЁН",
      "NAÏVE",
      "οδος",
      "错误",
      "エラー",
    ]) {
      expect(await search(q), q).toEqual([true]);
    }
    for (const q of ["grosse", "uberschritten", "正常"]) expect(await search(q), q).toEqual([]);
  });

  it.each([
    "'; DROP TABLE log_entries; --",
    "%",
    "_",
    "100%_done",
    "a | b",
    "a & !b",
    "a <-> b",
    "a:*",
    "\\",
    "'",
    '"exact phrase"',
    "+must -not",
    "(unbalanced",
    "message:secret",
    "field:[1 TO 5}",
    "wild*card?",
    "fuzzy~2",
    "/regex.*/",
    "boost^4",
    "AND",
    "OR NOT",
    "$1 #{x}",
    "{}",
    "*",
    "\u0000",
    "\ud800 half",
    "\u202e😀",
  ])("takes %j as plain words, and finds what holds them and nothing else", async (q) => {
    const service = newName("service");
    const holding = entryOf({
      service,
      message: `before ${q.toWellFormed().replaceAll("\u0000", " ")} after`,
    });
    const other = entryOf({ service, message: "unrelated" });
    await stored(context, [holding, other]);
    const ids = idsOf(await found(context, { service, q }));
    expect(ids).toContain(holding.id);
    if (/[a-z0-9]/i.test(q)) expect(ids).toEqual([holding.id]);
    else expect(ids).toHaveLength(2);
  });

  it("does not take an operator for one", async () => {
    const search = await written({ message: "alpha beta" });
    for (const q of ["alpha OR gamma", "alpha | gamma", "alp*", "-alpha", "!alpha", "gamma~3"]) {
      const answer = await search(q);
      expect(answer, q).toEqual(/^[-!]/.test(q) ? [true] : []);
    }
  });

  it("asks for nothing when there is no word", async () => {
    const service = newName("service");
    await stored(context, [entryOf({ service }), entryOf({ service, message: "" })]);
    for (const q of ["", " ", "...", "%&|!"]) expect(await found(context, { service, q }), q).toHaveLength(2);
  });

  it("takes as many words as 1,000 characters hold", async () => {
    const words = Array.from({ length: 333 }, (_, i) => i.toString(36).padStart(2, "0"));
    const search = await written({ message: words.toReversed().join(" ") });
    expect(await search(words.join(" "))).toEqual([true]);
  });

  it("answers any search at all, and finds any text by itself", async () => {
    await fc.assert(
      fc.asyncProperty(anyText(100), async (text) => {
        const service = newName("service");
        const entry = entryOf({ service, message: text.toWellFormed().replaceAll("\u0000", " ") });
        await stored(context, [entry]);
        expect(idsOf(await found(context, { service, q: text }))).toEqual([entry.id]);
      }),
      { numRuns: 40 },
    );
  });
}
