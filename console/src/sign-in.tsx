/** Signing in with a token, which is what people and programs are known by. */

import { useSignal } from "@preact/signals";
import { answer, api } from "./api/client";
import { useAction } from "./state/resource";
import { endedBecause, signIn } from "./state/session";
import { Button, bound, Problem, TextField } from "./ui";

export function SignIn() {
  const text = useSignal("");
  const { run, pending, error } = useAction(() => signIn(text.value.trim(), () => answer(api.GET("/v1/me"))));
  return (
    <main class="sign-in">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <h1>ARGUS Dock</h1>
        {endedBecause.value && !error.value && <p class="note">{endedBecause.value}</p>}
        <TextField
          label="Token"
          hint="From your organisation's admin; where the stack runs on this machine, `argus token` prints one."
          type="password"
          autocomplete="current-password"
          {...bound(text)}
          autofocus
        />
        <Problem error={error.value} />
        <Button
          kind="main"
          pending={pending.value}
          reason={text.value.trim() ? undefined : "Paste your token first."}
          onClick={run}
        >
          Sign in
        </Button>
      </form>
    </main>
  );
}
