// From the questionnaire that the resident filled to the body of a `survey_response`: one answer for each item.

const WHY = "_why/"; // rows of a draft: the reason for a grade, by item
const OWN_WORDS = "suggestion";

/** The row in which the reason for an item's grade is kept. */
export function whyPath(item) {
  return WHY + item;
}

/** The body of the answer. `answers` as the questionnaire's document means them. */
export function responseBody({ line, draft, questionnaire, answers, interviewer }) {
  const items = questionnaire.steps.flatMap((step) => step.fields).filter((field) => field.type !== "note" && field.key !== OWN_WORDS);
  const given = items.filter((field) => answers[field.key] !== undefined).map((field) => answerOf(field, answers[field.key], draft.value(whyPath(field.key))));
  const proxy = draft.value("_proxy") === "yes";
  const body = { campaign: line.data.campaign, questionnaire: line.data.form, mode: "door", interviewer, proxy: proxy ? "yes" : "no", answers: given };
  if (answers[OWN_WORDS]) body.suggestion = answers[OWN_WORDS];
  return body;
}

function answerOf(field, value, why) {
  const answer = ["scale", "choice"].includes(field.type) ? { item: field.key, grade: value } : { item: field.key, value: String(value) };
  return why ? { ...answer, remark: why } : answer;
}
