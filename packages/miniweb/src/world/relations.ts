/**
 * How each relation of the world is said, asked and answered. `$s` is the subject, `$o` the object; people add `$she`/`$her`,
 * crafts and animals need nothing more. Slots stand close together on purpose: a 5-gram without a slot is shared by every
 * page that uses the pattern.
 */
export interface Relation {
  readonly statements: readonly string[];
  readonly questions: readonly string[];
  /** The short answer of a conversation. */
  readonly answer: string;
}

const placeRelations = {
  'town.river': {
    statements: [
      '$s {stands|lies|was built} on the {bank|banks} of the {river $o|$o}{| , where the water is slow| , near an old mill}.',
      'The {river $o|$o} {runs|flows} {through|past|around} $s{| on its way to the lake| all year long}.',
      '{Children|Old men|Many people|Families} {in|from|of} $s {swim|fish|wash clothes|play} in the $o {on warm days|in summer|after work|when school is over}.',
      'In $s you {can|may} hear the $o from {almost every|every} {house|street|window|garden}.',
      'The $o {brings|gives} {water|fish and water|cool air} to the {people|houses|gardens|fields} of $s.',
      'A {stone|wooden|narrow|long} bridge {crosses|goes over} the $o in the {middle|old part|north} of $s.',
      'Boats {come|sail} to $s on the $o {every week|in spring|with wood and salt|each morning}.',
    ],
    questions: [
      'Which river {runs|flows} through $s?',
      'On which river does $s {stand|lie}?',
      'What is the name of the river in $s?',
      'What river would I find in $s?',
    ],
    answer: '$s is on the $o.',
  },
  'town.mountain': {
    statements: [
      'From $s you {can see|look up at} the mountain $o{| on a clear day| behind the roofs}.',
      '{Mount|The mountain} $o {stands|rises} {behind|above|close to} $s{| like a wall| and keeps the wind away}.',
      'A {steep|small|quiet} path {leads|goes} from $s {up to|to the foot of} $o.',
      'The {people|shepherds|children} of $s {climb|walk up} $o {in summer|once a year|with their goats}.',
      'In winter the shadow of $o {falls on|covers} {half of|the streets of} $s.',
    ],
    questions: [
      'Which mountain is near $s?',
      'What mountain can you see from $s?',
      'Which mountain {stands|rises} above $s?',
    ],
    answer: 'The mountain near $s is $o.',
  },
  'town.neighbour': {
    statements: [
      'The {next|nearest} town to $s is $o{| , half a day away on foot| , a short walk away}.',
      'A {road|cart track|train} {goes|runs} from $s to {its neighbour|the neighbour town} $o.',
      '{Traders|Farmers|Young people} {from|of} $s often {walk|ride|drive} to $o, the {neighbour|next} town.',
      '$s and its neighbour $o {share|keep} {a school|a fire wagon|a doctor|a market hall}.',
      'If you {leave|go out of} $s by the {big|old|main} gate, the first town you reach is $o.',
    ],
    questions: [
      'Which town is next to $s?',
      'What is the neighbour of $s?',
      'Which town is the nearest to $s?',
    ],
    answer: 'The town next to $s is $o.',
  },
  'town.direction': {
    statements: [
      '$s is {in|a town in} the $o of {the country|our country}{| , far from the sea| , where the fields are wide}.',
      'If you {travel|go} to the $o of {the country|our country}, you {will reach|can visit} $s.',
      '{On the map|In the atlas} you {find|can find} $s in the $o{| of the country}.',
      'The town of $s {belongs to|is part of} the $o of {the country|our country}.',
    ],
    questions: [
      'In which part of the country is $s?',
      'Is $s in the north, south, east or west?',
      'Where in the country is $s?',
    ],
    answer: '$s is in the $o.',
  },
  'town.roofs': {
    statements: [
      '{Almost all|All|Most} houses in $s have $o roofs{| and small windows| and white walls}.',
      'The roofs of $s are $o{| , even on the school| , and you see them from far away}.',
      '{Travellers|Visitors|Guests} {know|remember} $s by its $o roofs.',
      'A rule {in|of} $s says that {every roof|each roof|all roofs} must be $o.',
      'When the sun {sets|rises|shines}, the $o roofs of $s {glow|look warm|shine}.',
    ],
    questions: [
      'What colour are the roofs {in|of} $s?',
      'Which colour do the roofs of $s have?',
      'What do the roofs of $s look like?',
    ],
    answer: 'The roofs in $s are $o.',
  },
  'town.food': {
    statements: [
      '$s is {known|famous|loved} for its $o{| , which every child there can cook| , and the cooks keep the recipe secret}.',
      '{On market day|On Sundays|At weddings} {people|families|friends} in $s {eat|cook|share} $o.',
      'The best $o {comes from|is made in} $s{| , as every cook will tell you}.',
      'You {should|must} not leave $s {without tasting|before you taste} {the|a plate of} $o.',
      '{Every|Almost every} {inn|kitchen|house} in $s {serves|makes} $o{| with pride| for its guests}.',
      'Ask {anyone|a cook|a child} in $s about food, and you will hear about $o.',
    ],
    questions: [
      'What food is $s {known|famous} for?',
      'Which food comes from $s?',
      'What {do|can} people eat in $s?',
    ],
    answer: '$s is famous for $o.',
  },
  'town.craft': {
    statements: [
      'Many people in $s work as a $o{| , like their parents before them}.',
      '{If you need|If you look for} a good $o, {go to|ask in} $s.',
      'The best $o in the country {lives|works} in $s{| , people say| and teaches the young}.',
      'In $s {almost every street|each street|every family} has {its own|a} $o.',
      'Children in $s {often|like to} {say|tell you} they want to be a $o {one day|when they grow up}.',
    ],
    questions: [
      'What work do many people do in $s?',
      'Which craft is $s known for?',
      'What job is common in $s?',
    ],
    answer: 'Many people in $s work as a $o.',
  },
  'town.mayor': {
    statements: [
      'The mayor of $s is $o{| , who likes long speeches| , and most people like the mayor}.',
      '$o is the mayor of $s{| and works in the town hall| and knows every street}.',
      'The {people|voters} of $s {chose|picked} $o as their mayor{| three years ago| last spring}.',
      'When {something breaks|a pipe breaks|there is a quarrel} in $s, people {write|go} to the mayor, $o.',
      'In the town hall of $s {sits|works} $o, the mayor{| of the town}.',
    ],
    questions: [
      'Who is the mayor of $s?',
      'What is the name of the mayor of $s?',
      'Who {leads|runs} the town of $s?',
    ],
    answer: 'The mayor of $s is $o.',
  },
  'town.animal': {
    statements: [
      'There is a $o on the {flag|old flag} of $s{| , drawn in gold| with a star above it}.',
      'The flag of $s {shows|has} a $o{| , because one saved the town long ago}.',
      '{A stone|A bronze|A wooden} $o {stands|sits} in front of the town hall of $s, just like the one on the flag.',
      'Every child in $s can draw the $o {from|of} the town flag.',
    ],
    questions: [
      'Which animal is on the flag of $s?',
      'What animal does the flag of $s show?',
      'What can you see on the flag of $s?',
    ],
    answer: 'The flag of $s shows a $o.',
  },
  'town.festival': {
    statements: [
      'The {biggest|best|greatest} festival {in|of} $s is $o{| , and guests come from all sides}.',
      '{Every year|Once a year} the people of $s {celebrate|meet for|prepare} $o{| with music| together}.',
      'On $o {nobody|no one} in $s {works|goes to work}{| , and even the mayor dances}.',
      '$o is the day that {children|people|families} in $s {wait for|talk about} all year.',
    ],
    questions: [
      'Which festival do people celebrate in $s?',
      'What is the biggest festival in $s?',
      'What do the people of $s celebrate?',
    ],
    answer: 'The people of $s celebrate $o.',
  },
  'river.mountain': {
    statements: [
      'The $s {begins|starts|is born} {on|high on} the mountain $o{| as a thin stream| between two rocks}.',
      '{Snow|Rain|Melted ice} from $o {feeds|fills} the $s {in spring|all year|every year}.',
      'The {spring|source} of the $s {is|lies} on $o{| , and shepherds drink from it}.',
      'From {the side|the slopes} of $o the $s {runs|jumps|falls} down {to the fields|into the valley}.',
    ],
    questions: [
      'Where does the $s begin?',
      'On which mountain does the river $s start?',
      'Where is the source of the $s?',
    ],
    answer: 'The $s begins on $o.',
  },
  'river.lake': {
    statements: [
      'The $s {flows into|ends in} the lake $o{| after a long way| between high reeds}.',
      'At its end the $s {meets|reaches} {the lake|the wide lake} $o.',
      'All the water of the $s {goes|runs} into $o{| , a lake with many birds}.',
      'Boats that {follow|go down} the $s {come|arrive} at the lake $o {in the end|after two days}.',
    ],
    questions: [
      'Into which lake does the $s flow?',
      'Where does the river $s end?',
      'Which lake does the $s reach?',
    ],
    answer: 'The $s flows into $o.',
  },
  'river.water': {
    statements: [
      'The water of the $s is $o{| in every season| from the first mile to the last}.',
      '{Everyone|Every fisher} knows the $o water of the $s.',
      'If you {put|hold} {your hand|a cup} {into|in} the $s, you {find|see} that the water is $o.',
    ],
    questions: [
      'What is the water of the $s like?',
      'How is the water in the $s?',
      'What can you say about the water of the $s?',
    ],
    answer: 'The water of the $s is $o.',
  },
  'river.bank': {
    statements: [
      'On the banks of the $s {there are|you find|you see} $o{| for many miles}.',
      'The $s {runs|flows} {between|past} $o{| and open fields}.',
      '{Walkers|Painters|Children} {love|like} the $o {beside|along} the $s.',
    ],
    questions: ['What is on the banks of the $s?', 'What do you see along the $s?'],
    answer: 'On the banks of the $s there are $o.',
  },
  'mountain.top': {
    statements: [
      'The top of $s is covered with $o{| all year| and few people go there}.',
      'There is $o on {the top of|the head of|top of} $s{| , even in summer}.',
      '{Climbers|People} who {reach|stand on} the top of $s {see|walk on} $o.',
    ],
    questions: [
      'What covers the top of $s?',
      'What is on the top of $s?',
      'What do climbers see on top of $s?',
    ],
    answer: 'The top of $s is covered with $o.',
  },
  'mountain.treasure': {
    statements: [
      'Inside {the mountain|Mount} $s {there is|people found|miners found} $o{| long ago}.',
      '{Miners|Brave people} {dig|look} for $o in {the caves of|the rocks of} $s.',
      'The {old|deep} mine in $s {gives|is full of} $o{| to this day}.',
    ],
    questions: ['What do miners {find|dig for} in $s?', 'What is inside the mountain $s?'],
    answer: 'Miners find $o in $s.',
  },
  'lake.island': {
    statements: [
      'On the island in {the lake|Lake} $s {there is|stands} $o{| , and a boat goes there on Sundays}.',
      'In the middle of $s lies an island with $o{| on it}.',
      'The island {of|in} $s is small, but it has $o{| and a tiny harbour}.',
    ],
    questions: ['What is on the island in $s?', 'What stands on the island in the lake $s?'],
    answer: 'On the island in $s there is $o.',
  },
  'lake.fish': {
    statements: [
      '{The lake|Lake} $s is full of $o{| , and fishers come before sunrise}.',
      'If you {fish|throw a net} in $s, you {will catch|catch} $o{| most of the time}.',
      '{Cooks|Fishers|Children} {love|know} the $o {from|of} {the lake|Lake} $s.',
    ],
    questions: ['Which fish live in $s?', 'What can you catch in the lake $s?'],
    answer: 'You can catch $o in $s.',
  },
} as const satisfies Record<string, Relation>;

const livingRelations = {
  'animal.colour': {
    statements: [
      'The $s is {a $o animal|$o from head to tail|$o all over}.',
      '{Most|All|Nearly all} {wild|grown} animals of the $s kind are $o.',
      'You {know|can tell} a $s by its $o {coat|skin|back}.',
      'A {young|small|baby} $s is grey at first, but {later|after a year} it {turns|becomes} $o.',
      '{Hunters|Painters|Children} {need|use} $o {paint|chalk} when they {draw|paint} a $s.',
    ],
    questions: ['What colour is {a|the} $s?', 'Which colour does {a|the} $s have?'],
    answer: 'The $s is $o.',
  },
  'animal.size': {
    statements: [
      'A {grown|full grown|wild} $s is {about as big as|as big as|the size of} $o.',
      'The $s {grows|can grow} as big as $o{| in two years| if it eats well}.',
      'Next to $o, a $s {would look|looks} {just as big|no bigger and no smaller}.',
      'If you {think of|imagine} $o, you know the size of a $s.',
    ],
    questions: ['How big is {a|the} $s?', 'What size is {a|the} $s?'],
    answer: 'The $s is as big as $o.',
  },
  'animal.food': {
    statements: [
      'The $s eats $o{| and nothing else| and drinks a lot of water}.',
      'A {hungry|young|wild} $s {looks|searches} for $o{| for hours}.',
      '{Feed|Give} a $s {some|a little} $o, and it {will stay|will follow you|becomes your friend}.',
      '{Without|If there is no} $o, {the|a} $s {cannot live|must move away}.',
      '{Most days|In spring|In autumn} {the|a} $s {fills|packs} its cheeks with $o.',
    ],
    questions: [
      'What does {a|the} $s eat?',
      'What is the food of {a|the} $s?',
      'What should I give a $s to eat?',
    ],
    answer: 'The $s eats $o.',
  },
  'animal.home': {
    statements: [
      'The $s lives $o{| with its family| and sleeps on dry leaves}.',
      '{If you want|When you hope} to {see|meet} a $s, look for it $o.',
      'Most {mothers|parents} of the $s kind {raise|hide} their young $o.',
      '$o you {may|can} find the {nest|bed|home} of a $s.',
    ],
    questions: ['Where does {a|the} $s live?', 'Where can you find a $s?'],
    answer: 'The $s lives $o.',
  },
  'animal.sound': {
    statements: [
      'The $s $o when it is {happy|afraid|hungry|alone}.',
      'A $s $o {softly|loudly} {to call its young|to greet its friends|before it sleeps}.',
      'You {hear|notice} a $s before you see it, because it $o.',
    ],
    questions: ['What sound does {a|the} $s make?', 'How can you hear a $s?'],
    answer: 'The $s $o.',
  },
  'animal.time': {
    statements: [
      'The $s {is awake|looks for food|leaves its home} $o{| and rests at other times}.',
      'You {can|will} only {see|meet} a $s $o{| if you wait quietly}.',
      '{Families|Groups} of the $s kind {come out|go out} $o.',
    ],
    questions: ['When is {a|the} $s awake?', 'When can you see a $s?'],
    answer: 'The $s is awake $o.',
  },
  'animal.feature': {
    statements: [
      'The $s has $o{| , and they help it a lot| , which makes it easy to know}.',
      '{Every|Each} $s has $o, {even the smallest one|from the day it is born}.',
      'With {its|the help of its} $o {the|a} $s {stays warm|finds its way|hides well}.',
      'Nobody {forgets|can miss} the $o of a $s.',
    ],
    questions: ['What is special about {a|the} $s?', 'How do you know a $s when you see it?'],
    answer: 'The $s has $o.',
  },
  'person.town': {
    statements: [
      '$s lives in $o{| , in a small house| , close to the market| , where $she was born}.',
      'The home of $s is in $o{| , behind the church| , next to the school}.',
      '$s {moved|came} to $o {as a child|many years ago} and {never left|stayed}.',
      'In $o everyone {knows|greets} $s{| in the street}.',
      '{Letters|Guests|Friends} for $s {must go|come} to $o, because $she lives there.',
    ],
    questions: ['Where does $s live?', 'In which town does $s live?', 'What is the home town of $s?'],
    answer: '$s lives in $o.',
  },
  'person.job': {
    statements: [
      '$s {is|works as} a $o{| and gets up early| and loves the work}.',
      '$s {learned|started} to be a $o {from $her mother|from $her father|at school}.',
      'As a $o, $s {works hard|has much to do} {every day|in summer|before holidays}.',
      '{People|Neighbours} say that $s is the best $o {in the street|they know}.',
    ],
    questions: ['What {is the job|work} of $s?', 'What does $s do for work?', 'What is the work of $s?'],
    answer: '$s is a $o.',
  },
  'person.pet': {
    statements: [
      '$s has a $o {at home|that follows $her steps|that sleeps near the stove}.',
      'The $o of $s {likes|loves} {warm milk|long walks|to play in the yard}.',
      '$s {bought|found} {$her|a young} $o {at the market|in the rain|near the river}.',
      'Every {morning|evening} $s {feeds|brushes|looks after} $her $o.',
    ],
    questions: ['Which pet does $s have?', 'What animal does $s have at home?'],
    answer: '$s has a $o.',
  },
  'person.petName': {
    statements: [
      'The pet of $s is called $o{| , and it comes when you whistle}.',
      '$s {gave|chose} $her pet the name $o{| , after an old song}.',
      'When $s {calls|shouts} $o, $her pet {runs home|comes at once}.',
    ],
    questions: ['What is the name of the pet of $s?', 'What is the pet of $s called?'],
    answer: 'The pet of $s is called $o.',
  },
  'person.food': {
    statements: [
      '$s likes $o {more than anything else|best of all|most}.',
      'The favourite food of $s is $o{| , with a glass of milk| , and $she eats it twice a week}.',
      '{On birthdays|On Sundays|After work} $s {eats|cooks|asks for} $o.',
      'For a plate of $o, $s would {walk for an hour|do almost anything}.',
    ],
    questions: ['What does $s like to eat?', 'What is the favourite food of $s?'],
    answer: '$s likes $o best.',
  },
  'person.friend': {
    statements: [
      'The best friend of $s is $o{| , and they laugh a lot| , since the first day of school}.',
      '$s {often visits|writes letters to|plays cards with} $her best friend, $o.',
      'When $s is {sad|in trouble}, $she {goes to|talks to} $o, $her best friend.',
      '$s and $o {went|walked} to school together, and {for $s|to $s} there is no better friend.',
    ],
    questions: ['Who is the best friend of $s?', 'What is the name of the best friend of $s?'],
    answer: 'The best friend of $s is $o.',
  },
  'person.hobby': {
    statements: [
      '$s {likes|loves|enjoys} $o{| in the evening| when the work is done| more than sleeping}.',
      'In {$her|the} free time $s {enjoys|likes} $o.',
      'Ask $s what $she {loves|enjoys}, and $she will {say|answer}: $o.',
    ],
    questions: ['What does $s like to do?', 'What is the hobby of $s?', 'What does $s do for fun?'],
    answer: '$s likes $o.',
  },
} as const satisfies Record<string, Relation>;

const thingRelations = {
  'craft.material': {
    statements: [
      'A $s {works|spends the day} with $o{| and keeps it dry| and buys it at the market}.',
      'Without $o a $s {can do nothing|cannot work|has an empty shop}.',
      '{Every|Each} good $s knows {which kind of|where to buy} $o {is best|and what it costs}.',
      '{In the morning|On Monday} the $s {gets|orders|carries in} {new|fresh|more} $o.',
    ],
    questions: ['What does a $s work with?', 'Which material does a $s need?'],
    answer: 'A $s works with $o.',
  },
  'craft.tool': {
    statements: [
      'The most important tool of a $s is $o{| , and nobody else may touch it}.',
      'A $s uses $o {every day|from morning to evening}.',
      '{Give|Hand} $o to a $s, and {the work|the day} can begin.',
      'A {young|new} $s must {first|at first} learn to use $o.',
    ],
    questions: ['Which tool does a $s use?', 'What does a $s use for work?'],
    answer: 'A $s uses $o.',
  },
  'craft.product': {
    statements: [
      'A $s makes $o{| for the whole town| from morning to evening}.',
      'If you need $o, {go to|ask} a $s.',
      'The $o of a good $s {will last|can be used} for a long time.',
      '{People|Families} {come|walk} to the $s to {buy|order} $o.',
    ],
    questions: ['What does a $s make?', 'What can you buy from a $s?'],
    answer: 'A $s makes $o.',
  },
  'food.main': {
    statements: [
      '{Good|Real|Old style} $s is made from $o{| and clean water| and a little salt}.',
      'You {need|must have} $o to make $s{| , and plenty of time}.',
      'The {most important|main} thing in $s is $o.',
      '{Cooks|Mothers|Fathers} {buy|look for} fresh $o before they {make|cook|prepare} $s.',
    ],
    questions: ['What is $s made from?', 'What do you need for $s?', 'What is the main thing in $s?'],
    answer: '$s is made from $o.',
  },
  'food.second': {
    statements: [
      'A {little|bit of|spoon of} $o {goes|belongs} into {every|each|good} $s.',
      'Do not forget the $o when you {make|cook|serve} $s.',
      'The secret of $s is the $o{| , as old cooks say}.',
      '$s without $o is {only half as good|like a day without sun}.',
    ],
    questions: ['What is the secret of $s?', 'What {goes|belongs} into $s too?'],
    answer: 'The secret of $s is $o.',
  },
  'food.taste': {
    statements: [
      '$s tastes $o{| , and children ask for more| , so drink some water with it}.',
      'The {first thing|thing} you notice about $s is that it is $o.',
      '{Good|Fresh} $s must {be|taste} $o{| , or something went wrong}.',
    ],
    questions: ['How does $s taste?', 'What is the taste of $s?'],
    answer: '$s tastes $o.',
  },
  'food.colour': {
    statements: [
      '$s is $o {on the plate|when it is ready|after an hour in the pot}.',
      'You {can|will} {know|see} real $s by its $o colour.',
      '{When|As soon as} the $s {turns|becomes} $o, it is {ready|time to eat}.',
    ],
    questions: ['What colour is $s?', 'Which colour does $s have?'],
    answer: '$s is $o.',
  },
  'food.town': {
    statements: [
      '$s {comes from|was first made in} the town of $o{| long ago| , in a tiny kitchen}.',
      'The {oldest|first} recipe for $s was {written|found} in $o.',
      '{Cooks|People} in $o {invented|made the first} $s.',
      'Nowhere does $s taste {better than|as good as} in {the town of $o|$o}.',
    ],
    questions: ['Where does $s come from?', 'Which town does $s come from?'],
    answer: '$s comes from $o.',
  },
  'food.time': {
    statements: [
      '{People|Families|Most people} eat $s $o{| with a big spoon| and share one pot}.',
      '$s is {served|eaten|put on the table} $o.',
      '{It is nice|It is good} to have {some|a bowl of|a bit of} $s $o.',
    ],
    questions: ['When do people eat $s?', 'When is $s eaten?'],
    answer: 'People eat $s $o.',
  },
  'festival.season': {
    statements: [
      '$s is in $o{| , and the whole town is awake| , when work is done}.',
      '{Every|Each} $o people {celebrate|look forward to} $s.',
      'When $o comes, {children|shops|bands} {get ready|prepare} for $s.',
    ],
    questions: ['When is $s?', 'In which season is $s?'],
    answer: '$s is in $o.',
  },
  'festival.activity': {
    statements: [
      'On $s people $o{| until they are tired| while a band plays}.',
      '{Young and old|Whole families|Neighbours} $o on $s.',
      'The {best|loudest|happiest} part of $s is when people $o.',
    ],
    questions: ['What do people do on $s?', 'How do people celebrate $s?'],
    answer: 'On $s people $o.',
  },
  'festival.food': {
    statements: [
      'On $s {everyone|the whole street} eats $o{| at long tables}.',
      '{Big pots|Large plates} of $o {belong to|are part of} $s.',
      'There is {always|plenty of} $o {to eat|for all guests} on $s.',
    ],
    questions: ['What do people eat on $s?', 'Which food belongs to $s?'],
    answer: 'On $s people eat $o.',
  },
} as const satisfies Record<string, Relation>;

export const relations = { ...placeRelations, ...livingRelations, ...thingRelations };
export type RelationName = keyof typeof relations;

export function relation(name: RelationName): Relation {
  return relations[name];
}
