/** English words of extreme length, for pages whose mean word length is out of bounds. */
const split = (list: string): readonly string[] => list.split(' ');

export const shortWords = split(
  'I a am is in it on at to go he we me my up us so no do be as or an of by if the and you can she his her was not for are but had him how one out day get has did ok oh ox hi',
);

export const longWords = split(
  'administration advertisement agricultural announcement appreciation archaeological automatically characteristic collaboration communication comprehensive concentration congratulations consciousness considerably constitutional contemporary contribution demonstration determination disappointment discrimination encouragement enthusiastic entertainment environmental establishment examination extraordinary fundamentally generalization geographical governmental grandchildren identification imagination implementation independently infrastructure installation institutional instrumental intelligence international interpretation investigation journalistic knowledgeable manufacturing mathematical misunderstanding neighbourhood notwithstanding occasionally organization participation particularly philosophical photographer possibilities professional psychological questionnaire recommendation refrigerator representation responsibility revolutionary satisfaction significantly sophisticated straightforward superintendent transformation transportation understanding unfortunately university vulnerability',
);
