import { useEffect, useState } from "preact/hooks";
import { call } from "../api/call.ts";
import { type ApiError, asApiError } from "../api/error.ts";
import { Button } from "../components/button.tsx";
import { TextField } from "../components/field.tsx";
import { Logo } from "../components/logo.tsx";
import { signedOutBecause, signIn } from "../state/session.ts";

export function SignIn() {
  const [given, setGiven] = useState("");
  const [error, setError] = useState<string>();
  const [pending, setPending] = useState(false);

  useEffect(() => {
    document.title = "Sign in · telemetry-bus";
  }, []);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const credential = given.trim();
    if (credential === "") return setError("Enter an API key or a token");
    setPending(true);
    setError(undefined);
    const refused = await refusalOf(credential);
    setPending(false);
    if (refused) setError(sentenceOf(refused));
    else signIn(credential);
  }

  return (
    <main class="sign-in">
      <form class="card" onSubmit={(event) => void submit(event)} noValidate>
        <Logo />
        <h1>Sign in</h1>
        {signedOutBecause.value && (
          <p class="notice warning" role="status">
            Signed out: {signedOutBecause.value}
          </p>
        )}
        <TextField
          label="API key or token"
          type="password"
          name="credential"
          autoFocus
          value={given}
          onInput={setGiven}
          error={error}
          hint={
            <>
              Kept for this tab only. On your own machine it is in <code>.telemetry/api-key</code>, and{" "}
              <code>npm start</code> prints a link that has it.
            </>
          }
        />
        <Button kind="primary" type="submit" busy={pending}>
          {pending ? "Checking …" : "Sign in"}
        </Button>
      </form>
    </main>
  );
}

/** What the API has against a credential. One that is good, but may not list devices, is let in. */
async function refusalOf(credential: string): Promise<ApiError | undefined> {
  try {
    await call("listDevices", { query: { limit: 1 } }, { credential });
    return undefined;
  } catch (cause) {
    const error = asApiError(cause);
    return error.isForbidden ? undefined : error;
  }
}

function sentenceOf({ status, message }: ApiError): string {
  if (status === 401) return "The platform does not know this key or token";
  return status === 0 ? "The API cannot be reached. Is it running?" : message;
}
