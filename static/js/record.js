// The record's page by keyboard: S signs, R opens the return, J and K go on in the bundle.
import { onKeys, sendBack, sign } from "./keys.js";

const follow = (rel) => () => {
  const link = document.querySelector(`a[rel="${rel}"]`);
  if (!link) return false;
  link.click();
};

onKeys({ S: () => sign(document), R: () => sendBack(document), J: follow("next"), K: follow("prev") });
