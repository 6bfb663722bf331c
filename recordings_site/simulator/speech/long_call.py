"""The text of one forty-minute call: a yearly review of a contract, site by site, varied by a seeded draw."""

import random

SITES = (
    "Amsterdam", "Bristol", "Copenhagen", "Dublin", "Edinburgh", "Frankfurt", "Gothenburg", "Hamburg", "Inverness",
    "Jyväskylä", "Kraków", "Lisbon", "Manchester", "Norwich", "Oslo", "Porto", "Québec", "Rotterdam", "Stockholm",
    "Turin", "Uppsala", "Vienna", "Warsaw", "York", "Zürich", "Aberdeen", "Bergen", "Cardiff", "Dresden", "Espoo",
    "Florence", "Ghent", "Helsinki", "Innsbruck", "Lyon", "Madrid", "Nantes", "Odense", "Plymouth", "Reading",
    "Seville", "Tallinn", "Utrecht", "Valencia", "Wrexham", "Antwerp", "Basel", "Cork", "Dundee", "Exeter",
    "Galway", "Leipzig", "Malmö", "Naples", "Padua", "Rennes", "Siena", "Trieste", "Vilnius", "Aarhus",
)  # fmt: skip
SLOTS = {
    "lines": ("four lines", "six lines", "nine lines", "twelve lines", "seventeen lines", "thirty lines"),
    "money": ("forty euros", "one hundred and ten euros", "sixty five euros", "two hundred euros", "nineteen euros"),
    "month": ("January", "March", "April", "June", "July", "September", "October", "November"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "device": ("desk phones", "headsets", "conference phones", "routers", "door phones", "handsets"),
    "count": ("two", "three", "five", "eight", "eleven", "fourteen", "twenty"),
    "name": ("Ingrid", "Tomasz", "Beatriz", "Callum", "Noor", "Henrik", "Chiara", "Mateus", "Freya", "Yusuf"),
    "fault": (
        "calls drop after ten minutes", "people sound as if under water", "the second line never rings",
        "voicemail arrives a day late", "the night greeting plays at noon", "transfers end in silence",
    ),
    "cause": (
        "an old firewall rule", "a worn cable in the basement", "a wrong time zone in the schedule",
        "a forwarding loop that somebody left behind", "a codec that the carrier has retired",
    ),
    "team": ("the sales team", "the warehouse", "the front desk", "the night shift", "the returns department"),
}  # fmt: skip
# Each block is one matter at one site; a line is one of its alternatives.
BLOCKS: tuple[tuple[tuple[str, ...], ...], ...] = (
    (
        ("1: Next on my list is {site}. You have {lines} there.", "1: Then let us turn to {site}, with {lines}."),
        (
            "2: That sounds right, although {team} moved out in {month}.",
            "2: Yes. Since {month} only {team} is left there.",
        ),
        (
            "1: In that case you pay for {count} lines that nobody uses.",
            "1: So {count} of them have been idle for months.",
        ),
        ("2: Please cancel those, but keep the main number.", "2: Cancel them, but the main number has to stay."),
        (
            "1: Noted. That saves you {money} a month from {month}.",
            "1: Done. Your invoice drops by {money}, starting in {month}.",
        ),
    ),
    (
        ("1: In {site} we logged {count} tickets this year.", "1: {site} called us {count} times in the last quarter."),
        ("2: I know. {name} told me that {fault}.", "2: Is that the matter where {fault}? {name} mentioned it."),
        ("1: Yes, and the reason was {cause}.", "1: Exactly. Our engineers traced it to {cause}."),
        ("2: Is it solved, or only patched?", "2: And can it come back?"),
        (
            "1: It is solved since {month}, and we have watched it for six weeks.",
            "1: We replaced the part in {month}, and it has been quiet since.",
        ),
        ("2: Good. Then you may close it.", "2: Fine, I will tell {name}."),
    ),
    (
        (
            "2: Before I forget, {site} needs {count} new {device}.",
            "2: A question about {site}: can we order {count} {device}?",
        ),
        (
            "1: We have them in stock. Shall I send them to {name}?",
            "1: Of course. Is {name} still the right person to receive them?",
        ),
        (
            "2: Yes, but not before {day}, the office is being painted.",
            "2: Please, and the invoice goes to head office, not to {site}.",
        ),
        (
            "1: I will book the courier for {day} morning.",
            "1: They leave our depot on {day}, so expect them a day later.",
        ),
        ("2: What do they cost?", "2: Are they in our frame agreement?"),
        ("1: {money} for the lot, delivery included.", "1: They are, at {money}, with three years of warranty."),
    ),
    (
        (
            "1: About {site}: the contract there ends in {month}.",
            "1: The term for {site} runs out at the end of {month}.",
        ),
        ("2: What happens if we do nothing?", "2: Does it renew by itself?"),
        (
            "1: It renews for a year at the old price, which is {money} too much.",
            "1: It does, for twelve months, and you would miss {money} of discount.",
        ),
        ("2: Then I want the new price, in writing.", "2: Send me the new offer, and I will sign it by {day}."),
        ("1: You will have it by {day}.", "1: It will be in your inbox before {day}."),
    ),
    (
        (
            "2: {name} in {site} asks about recording calls.",
            "2: In {site} we have to record what {team} promises on the phone.",
        ),
        (
            "1: We can record each call, or only those that are sold on.",
            "1: That is possible per number, with a notice at the beginning.",
        ),
        ("2: Who may listen to them?", "2: Where are the recordings kept?"),
        (
            "1: Only supervisors, and every playback is written to a log.",
            "1: In your own storage, and they are deleted after ninety days.",
        ),
        ("2: Our works council will want to see that in detail.", "2: Good. Our lawyer insisted on that."),
        (
            "1: I will send you the two pages that we wrote for that.",
            "1: I will set it up as a trial, for {count} numbers.",
        ),
    ),
    (
        (
            "1: {site} has the highest bill of all sites, {money} above plan.",
            "1: One figure stands out. {site} spent {money} more than last year.",
        ),
        ("2: Do you see why?", "2: Really? They have fewer people than before."),
        ("1: It is mostly mobile calls by {team}.", "1: Nearly all of it is roaming, in {month} alone."),
        (
            "2: They were at the trade fair in {month}. That was a single event.",
            "2: I see. {name} was travelling a lot that month.",
        ),
        (
            "1: Then I would leave the plan as it is, and look again in {month}.",
            "1: I can put a limit on it, with a warning at eighty percent.",
        ),
        ("2: Agreed.", "2: Yes, a warning is enough. Do not block anything."),
    ),
    (
        ("1: For {site} I have a change of address in my notes.", "1: Is {site} still in the old building?"),
        ("2: They move in {month}, two streets further.", "2: Until {month}. Then they share a floor with {team}."),
        (
            "1: The numbers can move along. We need {count} weeks of notice.",
            "1: Then I reserve the line at the new place. It takes {count} weeks.",
        ),
        ("2: Will there be a gap?", "2: How long will they be offline?"),
        ("1: Ten minutes, on a {day} evening.", "1: No gap, we forward the calls to mobile phones on that {day}."),
    ),
    (
        (
            "2: Something nice for a change: {name} in {site} praised your support.",
            "2: By the way, {site} is the only site without a complaint.",
        ),
        (
            "1: That is good to hear. Do you know what it was about?",
            "1: Thank you, I will pass that on. Was there an occasion?",
        ),
        (
            "2: On a {day} night {fault}, and it was repaired within the hour.",
            "2: You found {cause} before they had noticed anything.",
        ),
        (
            "1: I remember. My colleague drove out with {count} spare {device}.",
            "1: Yes, our monitoring saw it, and we swapped {count} {device}.",
        ),
        ("2: Well, they still talk about it.", "2: That is how it should be."),
    ),
    (
        (
            "1: The opening hours of {site} look odd to me.",
            "1: A small thing in {site}: the schedule still has the summer hours.",
        ),
        ("2: They open at seven now, and close early on {day}.", "2: {name} changed that in {month}, I thought."),
        (
            "1: At the moment callers hear the closing message until nine.",
            "1: The menu was changed, but not the schedule behind it.",
        ),
        ("2: That explains {count} angry e-mails. Please correct it.", "2: Then let us correct it now."),
        ("1: Corrected, and I have tested it while we spoke.", "1: It is corrected, and valid from {day}."),
    ),
    (
        (
            "2: How is the quality of the lines in {site}? {name} still worries.",
            "2: {team} in {site} says that the sound is thin.",
        ),
        ("1: I am looking at the figures of {month}. One moment, please.", "1: Let me open the graph for {site}."),
        (
            "1: The delay is low, and {count} calls out of ten thousand were poor.",
            "1: I see short breaks every {day}, at the same time.",
        ),
        ("2: Could that be the backup? It runs then.", "2: That is better than I had feared."),
        ("1: Then let us give voice the right of way in the router.", "1: We keep watching it until {month}."),
        ("2: Please do, and tell {name} directly.", "2: Thank you, that helps me a lot."),
    ),
    (
        (
            "1: {site} wants a menu: press one for {team}, press two for everybody else.",
            "1: There is a request from {site} to add a menu.",
        ),
        ("2: I would rather not. Our customers hate menus.", "2: Only if it is short. Two choices, no more."),
        (
            "1: We could ask in one sentence, and let them speak.",
            "1: Two choices, and after ten seconds a person answers anyway.",
        ),
        ("2: Does that work in Swedish and Polish as well?", "2: What does it cost?"),
        ("1: It does, we would try it with {count} numbers in {month}.", "1: {money} once, and nothing per month."),
        ("2: Try it, and show me the figures.", "2: Then go ahead, from {day}."),
    ),
    (
        (
            "2: Can we talk about {site}? The invoice goes to the wrong person.",
            "2: The invoices of {site} never arrive in time.",
        ),
        ("1: They go to somebody called {name}.", "1: According to my screen they are sent by post, to {name}."),
        ("2: {name} retired in {month}.", "2: Nobody of that name has worked there since {month}."),
        ("1: Where shall they go instead?", "1: Then give me an address that outlives people."),
        (
            "2: To accounts payable, with the cost centre of {team}.",
            "2: Use the shared mailbox, and write {site} into the subject.",
        ),
        (
            "1: That is changed, and I have sent the last {count} again.",
            "1: Changed. The next one comes on the first {day} of the month.",
        ),
    ),
)
INTRODUCTION = (
    "1: Good afternoon, this is Eleanor from Northwind business accounts. Thank you for taking the time.",
    "2: Hello Eleanor. I have my list here, and a large cup of coffee.",
    "1: Very wise. We have many sites to go through, and this call is recorded for our minutes. Is that all right?",
    "2: Yes, that is fine. Let us begin.",
)
PAUSES = (
    (
        "1: May I put you on hold for a moment? I need another screen.",
        "2: Take your time.",
        "(9)",
        "1: Thank you for waiting, here I am.",
    ),
    (
        "2: Sorry, somebody is at the door. One second.",
        "(12)",
        "2: I am back. Where were we?",
        "1: We had just finished a site.",
    ),
    ("1: That makes a third of the list. Shall we go on?", "2: Go on, I am wide awake."),
    ("2: I hear rain in your background.", "1: It has been raining here since Sunday. Back to work."),
    ("1: We are past the half. Would you like a break?", "2: No, let us finish it today."),
)
CLOSING = (
    "1: And that was the last site on my list.",
    "2: I did not expect that we would get through all of it.",
    "1: I will send you the minutes by tomorrow evening, with every change and every saving.",
    "2: Please mark what I have to sign. Thank you, Eleanor, it was a pleasure.",
    "1: The pleasure was mine. Until next year, goodbye.",
)


def lines(seed: int = 1536) -> list[str]:
    """Give the script of the call, line by line, as in `scripts/`; longer than needed, CLOSING not included.

    Of three thousand seeds this one repeats itself least.
    """
    draw = random.Random(seed)  # noqa: S311 - a text, not a secret
    sites = list(SITES)
    draw.shuffle(sites)
    script = list(INTRODUCTION)
    used: dict[str, list[str]] = {}
    order: list[int] = []
    for place, site in enumerate(sites):
        if place and place % 10 == 0:
            script.extend(PAUSES[place // 10 - 1])
        if len(order) < 2:
            order = draw.sample(range(len(BLOCKS)), len(BLOCKS)) + order
        for _ in range(1 if place % 3 == 0 else 2):
            block = order.pop()
            slots = {name: _next(draw, used, name) for name in SLOTS} | {"site": site}
            spoken = [draw.choice(line).format(**slots) for line in BLOCKS[block]]
            script.extend(line[:3] + line[3].upper() + line[4:] for line in spoken)
    return script


def _next(draw: random.Random, used: dict[str, list[str]], name: str) -> str:
    """Draw without putting back, so that neighbouring blocks differ."""
    if not used.get(name):
        used[name] = draw.sample(SLOTS[name], len(SLOTS[name]))
    return used[name].pop()
