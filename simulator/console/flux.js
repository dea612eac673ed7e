// The journal as it happens: server-sent events over fetch, because a token goes in a header.

/** Calls `heard` with each event after `since`, and goes on after a cut; `state` hears "ouvert" or "coupé". */
export async function follow(since, heard, state, token = "") {
  let last = since;
  for (;;) {
    try {
      const answer = await fetch(`/api/journal/stream?since=${last}`, {headers: token ? {Authorization: `Bearer ${token}`} : {}});
      if (answer.status === 401) return "jeton";
      if (!answer.ok) throw new Error(String(answer.status));
      state("ouvert");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const {value, done} = await reader.read();
        if (done) break;
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop();
        for (const block of blocks) {
          const data = block.split("\n").find((line) => line.startsWith("data:"));
          if (!data) continue;
          const event = JSON.parse(data.slice(5));
          last = event.seq;
          heard(event);
        }
      }
    } catch {
      // A cut, as when the answer ends.
    }
    state("coupé");
    await new Promise((again) => setTimeout(again, 2000));
  }
}
