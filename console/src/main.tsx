/** The page's beginning: find out where we are and who is here, then show the shell or the sign-in. */

import { render } from "preact";
import { answer, api } from "./api/client";
import { Shell } from "./shell";
import { SignIn } from "./sign-in";
import { findPlace } from "./state/place";
import { signedIn, signIn, token } from "./state/session";
import "./ui/base.css";

function Page() {
  return signedIn.value ? <Shell /> : <SignIn />;
}

async function begin() {
  const here = document.getElementById("page");
  if (!here) throw new Error("index.html has no #page");
  const kept = token.value;
  const [, whose] = await Promise.allSettled([
    findPlace(),
    kept ? signIn(kept, () => answer(api.GET("/v1/me"))) : Promise.resolve(),
  ]);
  if (whose.status === "rejected") console.warn("the kept token opens nothing:", whose.reason);
  render(<Page />, here);
}

void begin();
