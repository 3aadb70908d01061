import { type Place, startOn } from "./place.ts";

// The platform as a program of its own, to be killed: `node api-process.ts <place>`. It says where it answers.

export const ANSWERS_AT = "answers at ";

if (import.meta.main) {
  const place = JSON.parse(process.argv[2] ?? "") as Place;
  const { url } = await startOn(place);
  console.log(`${ANSWERS_AT}${url}`);
}
