// States that pass: the server is away, or has too much to do. What was wanted is wanted again by itself, or at a press.
const LONGEST_PAUSE = 15;

function pause(seconds) {
  return new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
}

function stateOf(name) {
  return root.querySelector(`template[data-state="${name}"]`).innerHTML;
}

// Have a state that is shown somewhere lead back to what was wanted. The longer it lasts, the longer each pause.
function tend(where, again) {
  const state = where.querySelector(".cw-state");
  const tries = state ? (where.tries || 0) + 1 : 0;
  where.tries = tries;
  if (!state) return;
  // Once, whether by itself or at a press.
  state.again = () => {
    state.again = () => {};
    return again();
  };
  if (state.dataset.state === "lost") lookForServer(state);
  else if (state.dataset.again) countDown(state, Math.max(Number(state.dataset.again), Math.min(2 ** tries, LONGEST_PAUSE)));
}

async function isThere() {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch (error) {
    return false;
  }
}

async function lookForServer(state) {
  for (let seconds = 1; state.isConnected; seconds = Math.min(1.5 * seconds, LONGEST_PAUSE)) {
    await pause(seconds);
    if (state.isConnected && (await isThere())) return state.isConnected && state.again();
  }
}

async function countDown(state, seconds) {
  for (let left = seconds; left > 0; left -= 1) {
    state.querySelector(".cw-countdown").textContent = `Again in ${left} s`;
    await pause(1);
    if (!state.isConnected) return;
  }
  state.again();
}

// Have the server do something; return its HTML, or what to say where there is none. Gradio throws, or returns nothing.
async function called(name, request) {
  try {
    const html = await server[name](request);
    if (typeof html === "string") return html;
  } catch (error) {
    return failure();
  }
  return failure();
}

// Why the server did not do what was wanted: it is not there, a session has ended, or it failed.
async function failure() {
  try {
    if (await isThere()) return (await signedOut()) || stateOf("failed");
  } catch (error) {
    // It has gone between the two questions.
  }
  return stateOf("lost");
}
