import { query } from "../../state/location.ts";
import { Around } from "./around.tsx";
import { LogSearch } from "./search.tsx";

/** Search, the live tail, and the lines around one. */
export default function Logs() {
  return query.value.has("around") ? <Around /> : <LogSearch />;
}
