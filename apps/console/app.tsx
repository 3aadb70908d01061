import { Confirmation } from "./components/confirm.tsx";
import { Toasts } from "./components/toast.tsx";
import { Frame } from "./frame/frame.tsx";
import { SignIn } from "./frame/sign-in.tsx";
import { credential } from "./state/session.ts";

/** The address stays as it is while one signs in: afterwards one is where one was. */
export function App() {
  return (
    <>
      {credential.value === null ? <SignIn /> : <Frame />}
      <Confirmation />
      <Toasts />
    </>
  );
}
