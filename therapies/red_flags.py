"""The one table of warning signs: what to ask, what a care card says, how fast to get help.

Care cards on condition pages, the request form and its safety advice all read this table, so a sign has one level
everywhere. The rows come from published safety advice (`sources`, keys of the source list). Where two sources put a
sign at different levels the stricter one stands until the clinical lead signs; a comment at the row says so. Rows
whose `check` is STANDARD rest on standard emergency advice: a national source and a clinician must confirm them.

It is one file on purpose, long as it is: a clinician reads and signs it as a whole. Editing a row changes what every
page and form says; change TABLE_VERSION with it.
"""

from dataclasses import dataclass

TABLE_VERSION = "1"

LEVELS = ("emergency", "urgent", "non_urgent")  # the most urgent first

CHECKED = "checked"
STANDARD = "standard emergency advice: a national source and a clinician must confirm it"

ANYWHERE = ("neck", "shoulder", "arm", "back", "hip", "knee", "foot", "general")
# Safety questions about the lower back and about the neck are one list, and "several joints or whole body" is asked
# everything: so a sign of the spine covers these three.
SPINE = ("neck", "back", "general")
NECK = ("neck", "general")
JOINTS = ("shoulder", "arm", "hip", "knee", "foot", "general")
TENDONS = ("shoulder", "arm", "knee", "foot", "general")
SHOULDER = ("shoulder", "general")
HIP = ("hip", "general")
KNEE = ("knee", "general")

NOW = "Call {emergency_number} or go to an emergency department now. Do not wait for a reply to this form."
TODAY = (
    "Get medical advice today: your own doctor or an urgent care clinic. "
    "If you get worse, go to an emergency department."
)
SOON = (
    "Talk to your doctor soon. Tell them about this sign. "
    "You can still ask us questions, but not instead of seeing them."
)
GENERAL = {"emergency": NOW, "urgent": TODAY, "non_urgent": SOON}


@dataclass(frozen=True)
class RedFlag:
    """One warning sign. `sign` finishes a care card's "… if:" line; `advice` may hold {emergency_number} and
    {crisis_line}, which become the clinic's own."""

    id: str
    regions: tuple[str, ...]
    question: str
    sign: str
    level: str
    advice: str
    why: str
    sources: tuple[str, ...] = ()
    check: str = CHECKED

    def particular_advice(self, emergency_number: str) -> str:
        """What `advice` adds to that of every sign of its level, "" for most. Beside it stand the general words and, for
        an emergency, the crisis line."""
        added = self.advice.removeprefix(GENERAL[self.level]).strip()
        if "{crisis_line}" in added:
            return ""
        return added.format(emergency_number=emergency_number or "your local emergency number")


_TABLE = (
    RedFlag(
        id="rf-bladder-bowel",
        regions=SPINE,
        question="New trouble passing or holding urine, loss of bowel control, or a new change in sexual function, "
        "with back or leg pain?",
        sign="you have new trouble passing or holding urine, you lose control of your bowels, or you notice a new "
        "change in sexual function",
        level="emergency",
        advice=NOW,
        why="Possible cauda equina syndrome, a surgical emergency.",
        sources=("nhs-cauda-norfolk", "nhs-back-sheffield"),
    ),
    RedFlag(
        id="rf-saddle-numbness",
        regions=SPINE,
        question="Numbness or tingling around your genitals, back passage, buttocks or inner thighs (saddle area)?",
        sign="you feel numb or tingly around your genitals, back passage, buttocks or inner thighs",
        level="emergency",
        advice=NOW,
        why="Possible cauda equina syndrome.",
        sources=("nhs-cauda-norfolk", "nhs-back-sheffield"),
    ),
    RedFlag(
        id="rf-leg-weakness",
        # New weakness of one leg alone is rated urgent elsewhere; the stricter level stands.
        regions=SPINE,
        question="New or worsening weakness in a leg, a foot that drops, or pain, numbness or weakness in both legs?",
        sign="a leg is newly weak or getting weaker, a foot drops, or you have pain, numbness or weakness in both legs",
        level="emergency",
        advice=NOW,
        why="Nerve or spinal cord compression.",
        sources=("nhs-cauda-norfolk", "nhs-back-sheffield"),
    ),
    RedFlag(
        id="rf-fever-back-pain",
        regions=SPINE,
        question="Back or neck pain with a high temperature, shivering or feeling very unwell?",
        sign="you have back or neck pain with a high temperature or shivering (go to an emergency department if you "
        "feel very unwell, inject drugs, have a weak immune system, or had a recent spinal injection or operation)",
        level="urgent",
        advice=f"{TODAY} Go straight to an emergency department if you feel very unwell, inject drugs, have a weak "
        "immune system, or had a recent spinal injection or operation.",
        why="Possible spinal infection.",
        sources=("nhs-back-sheffield",),
    ),
    RedFlag(
        id="rf-major-trauma",
        # A minor fall with weak bones is rated urgent elsewhere; the stricter level stands.
        regions=SPINE,
        question="Did the pain start after a serious accident or fall, or after a minor fall when you have "
        "osteoporosis or take long-term steroids?",
        sign="your pain began after a serious accident or fall, or after a minor fall and you have osteoporosis or "
        "take long-term steroids",
        level="emergency",
        advice=NOW,
        why="Possible fracture.",
        sources=("nhs-back-sheffield",),
    ),
    RedFlag(
        id="rf-cancer-history",
        regions=ANYWHERE,
        question="Cancer now or in the past, with new, persistent or changing back, hip, neck or bone pain?",
        sign="you have or had cancer and your back, hip, neck or bone pain is new, does not go away or is changing",
        level="urgent",
        advice=f"{TODAY} Ask for an urgent appointment. It must be the same day if you have any leg weakness, numbness "
        "or bladder change.",
        why="Possible spread of cancer; weakness makes it an emergency.",
        sources=("nice-ng59", "nhsggc-knee"),
    ),
    RedFlag(
        id="rf-weight-loss",
        regions=ANYWHERE,
        question="Unexplained weight loss, night sweats, or a lump, with your pain?",
        sign="you lose weight without trying, sweat at night or find a lump",
        level="urgent",
        advice=TODAY,
        why="May signal infection or cancer.",
        sources=("nhs-back-sheffield", "nhsggc-knee"),
    ),
    RedFlag(
        id="rf-night-pain",
        regions=SPINE,
        question="Pain that is much worse at night, does not ease with rest, or is steadily getting worse?",
        sign="your pain is much worse at night, does not ease with rest or is steadily getting worse",
        level="urgent",
        advice=TODAY,
        why="Needs assessment for a serious cause.",
        sources=("nhs-back-sheffield", "nhsggc-knee"),
    ),
    RedFlag(
        id="rf-chest-abdominal",
        regions=ANYWHERE,
        question="Pain with chest pain, breathlessness, sweating, fainting, or sudden severe tearing pain in the back "
        "or belly?",
        sign="you also have chest pain, trouble breathing, sweating or fainting, or a sudden, severe tearing pain in "
        "your back or belly",
        level="emergency",
        advice=NOW,
        why="A heart attack, a clot in the lung or a torn main artery can show as back or arm pain.",
        sources=("nhs-back-sheffield",),
    ),
    RedFlag(
        id="rf-cord-compression",
        regions=SPINE,
        question="New clumsy hands, unsteady walking, an electric-shock feeling down the back, or a change in bladder "
        "or bowel control, with neck pain?",
        sign="you have new clumsy hands, unsteady walking, an electric-shock feeling down your back, or a change in "
        "bladder or bowel control",
        level="emergency",
        advice=f"{NOW} If the changes have been slow over months, advice from your doctor today is reasonable.",
        why="Possible spinal cord compression; an emergency if it came on quickly or the bladder is affected.",
        sources=("nhs111-wales-neck", "royalfree-dcm"),
    ),
    RedFlag(
        id="rf-neck-trauma",
        regions=NECK,
        question="Neck pain after a fall, crash, dive or heavy blow?",
        sign="your neck hurts after a fall, crash, dive or heavy blow (keep still and do not move your neck)",
        level="emergency",
        advice=f"{NOW} Keep still; do not move the neck.",
        why="Possible spinal injury.",
        check=STANDARD,
    ),
    RedFlag(
        id="rf-meningitis",
        regions=NECK,
        question="A stiff neck with fever, severe headache, rash, dislike of light or drowsiness?",
        sign="you have a stiff neck with a fever, a severe headache, a rash, dislike of light or drowsiness",
        level="emergency",
        advice=NOW,
        why="Possible meningitis.",
        check=STANDARD,
    ),
    RedFlag(
        id="rf-stroke-signs",
        regions=NECK,
        question="Sudden severe neck pain or headache with a drooping face, slurred speech, vision loss, dizziness or "
        "weakness?",
        sign="you have sudden severe neck pain or headache with a drooping face, slurred speech, loss of vision, "
        "dizziness or weakness",
        level="emergency",
        advice=NOW,
        why="Possible stroke or artery tear.",
        sources=("nhs111-wales-neck",),
    ),
    RedFlag(
        id="rf-hot-joint-fever",
        # Rated "same day" by some sources, and an emergency with or without fever by others; the stricter level stands.
        regions=JOINTS,
        question="A joint that became hot, red, swollen and very painful, or that you cannot move, with or without "
        "fever?",
        sign="a joint is hot, red, swollen and very painful, or you cannot move it, with or without a fever",
        level="emergency",
        advice=f"{NOW} This matters most if you feel very unwell, have a replaced joint or a weak immune system, or "
        "had a recent injection or operation on the joint.",
        why="Possible joint infection (septic arthritis).",
        sources=("nhs-septic-arthritis", "jhm-knee-infection", "patient-hot-joint"),
    ),
    RedFlag(
        id="rf-cannot-bear-weight",
        regions=JOINTS,
        question="After an injury, you cannot take four steps, or the joint or limb looks out of shape?",
        sign="after an injury you cannot take four steps, or the joint or limb looks out of shape",
        level="emergency",
        advice=NOW,
        why="Possible fracture or dislocation.",
        sources=("elht-knee", "nhsggc-knee"),
    ),
    RedFlag(
        id="rf-limb-circulation",
        regions=JOINTS,
        question="Is an arm, leg, hand or foot cold, pale, blue or numb?",
        sign="an arm, leg, hand or foot is cold, pale, blue or numb",
        level="emergency",
        advice=NOW,
        why="Possible blocked circulation.",
        check=STANDARD,
    ),
    RedFlag(
        id="rf-dvt-pe",
        regions=ANYWHERE,
        question="Sudden breathlessness, chest pain that is worse on breathing in, or coughing up blood, with or "
        "without a swollen calf?",
        sign="you are suddenly short of breath, your chest hurts more when you breathe in, or you cough up blood, with "
        "or without a swollen calf",
        level="emergency",
        advice=NOW,
        why="Possible blood clot in the lung.",
        sources=("nhs-dvt",),
    ),
    RedFlag(
        id="rf-dvt",
        regions=JOINTS,
        question="One calf swollen, tender, warm or throbbing, especially after surgery, illness or a long trip?",
        sign="one calf is swollen, tender, warm or throbbing, most of all after surgery, an illness or a long trip",
        level="urgent",
        advice=f"{TODAY} Call {{emergency_number}} if you are also short of breath or your chest hurts.",
        why="Possible blood clot in the leg.",
        sources=("nhs-dvt",),
    ),
    RedFlag(
        id="rf-tendon-rupture",
        regions=TENDONS,
        question="A sudden pop in the heel, arm or shoulder, with weakness you did not have before?",
        sign="you felt a sudden pop in your heel, arm or shoulder and it is now weak",
        level="urgent",
        advice=TODAY,
        why="Possible tendon rupture, which needs early assessment.",
        check=STANDARD,
    ),
    RedFlag(
        id="rf-shoulder-injury",
        # Rated "same day" by standard advice, but a joint out of shape after an injury is an emergency for any joint;
        # the stricter level stands.
        regions=SHOULDER,
        question="Sudden loss of shoulder movement or strength after a fall, or a shoulder that looks out of place?",
        sign="you suddenly cannot move or lift your arm after a fall or injury, or your shoulder looks out of place",
        level="emergency",
        advice=NOW,
        why="Possible dislocation, fracture or large tear.",
        check=STANDARD,
    ),
    RedFlag(
        id="rf-locked-knee",
        regions=KNEE,
        question="A knee that is stuck and cannot be straightened after an injury?",
        sign="your knee is stuck after an injury and you cannot straighten it",
        level="urgent",
        advice=TODAY,
        why="Possible torn cartilage blocking the joint.",
        sources=("elht-knee",),
    ),
    RedFlag(
        id="rf-fragility-fracture",
        regions=HIP,
        question="Sudden hip, groin or thigh pain after little or no injury, with osteoporosis, steroids or long-term "
        "osteoporosis medicine?",
        sign="you have sudden hip, groin or thigh pain after little or no injury, and you have osteoporosis, take "
        "steroids or have long taken medicine for osteoporosis",
        level="urgent",
        advice=TODAY,
        why="Possible fracture.",
        check=STANDARD,
    ),
    RedFlag(
        id="rf-child-limp",
        regions=HIP,
        question="Is this for a child with hip or groin pain, a limp, or fever?",
        sign="a child has hip or groin pain or a limp (go to an emergency department if the child has a fever or "
        "cannot walk)",
        level="urgent",
        advice=f"{TODAY} Go to an emergency department now if the child has a fever or cannot walk.",
        why="Infection or a hip problem in a child can be urgent.",
        sources=("healthinfo-nz-joint",),
    ),
    RedFlag(
        id="rf-new-inflammatory",
        regions=JOINTS,
        question="Several swollen joints, or morning stiffness over 30 minutes, for more than two weeks?",
        sign="several joints are swollen, or your joints are stiff for over 30 minutes in the morning, for more than "
        "two weeks",
        level="non_urgent",
        advice=f"{SOON} Ask whether you need an urgent visit to a rheumatologist.",
        why="Early treatment of rheumatoid arthritis can protect joints.",
        sources=("nice-ra-qs",),
    ),
    RedFlag(
        id="rf-immunosuppressed-infection",
        regions=ANYWHERE,
        question="Fever or infection while on immune-suppressing medicine or chemotherapy?",
        sign="you have a fever or an infection while you take medicine that weakens your immune system",
        level="urgent",
        advice=f"{TODAY} Follow your emergency plan if you have one.",
        why="Infection can get worse quickly.",
        check=STANDARD,
    ),
    RedFlag(
        id="rf-after-injection",
        regions=ANYWHERE,
        question="After a recent injection: fever, spreading redness, increasing pain, new numbness or weakness?",
        sign="after a recent injection you have fever, spreading redness, growing pain, new numbness or weakness",
        level="urgent",
        advice=f"{TODAY} Call {{emergency_number}} or go to an emergency department if you feel very unwell, the joint "
        "is hot and swollen, or you have weakness or a bladder change.",
        why="Possible infection or nerve injury.",
        sources=("fda-consumer-alert-2020", "prp-disc-nl-2024", "mmwr-2018"),
    ),
    RedFlag(
        id="rf-self-harm",
        regions=ANYWHERE,
        question="Thoughts of ending your life or harming yourself?",
        sign="you think about ending your life or harming yourself",
        level="emergency",
        advice=f"{NOW} You can also reach the crisis line: {{crisis_line}}.",
        why="Safety first; pain is linked to low mood.",
        check=STANDARD,
    ),
)

RED_FLAGS: dict[str, RedFlag] = {flag.id: flag for flag in _TABLE}
