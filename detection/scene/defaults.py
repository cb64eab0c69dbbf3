"""The sentences that a camera starts with: what its picture shows in each of the 12 kinds of emergency, and usually."""

from __future__ import annotations

from functools import cache

from detection.scene.prompts import PromptSet, parse_prompts

TEXT = """\
crowd control: dense crowd
+ a surveillance camera view of a dense crowd packed shoulder to shoulder
+ people pushing against each other at a barrier
+ an overcrowded platform with no room to move
- a surveillance camera view of a few people walking with space around them
- people standing in an orderly queue
- a nearly empty square

security threat: weapon
+ a surveillance camera view of a person pointing a gun
+ a masked person holding a knife
+ an armed robbery at a counter
- a surveillance camera view of a person walking with a bag
- a person talking on a telephone
- a customer paying at a counter

security threat: vandalism
+ a person smashing a window
+ a person spraying graffiti on a wall
+ broken glass scattered in front of a shop
- a person walking past a window
- a clean wall along a street
- a shop front in good order

medical emergency: person down
+ a surveillance camera view of a person lying motionless on the ground
+ a person who collapsed on the floor while others kneel beside them
+ paramedics treating an injured person on the ground
- a surveillance camera view of people standing and walking
- a person sitting on a bench
- an empty floor

fire hazard: fire
+ a surveillance camera view of a fire with open flames
+ a building on fire
+ a car in flames
- a surveillance camera view of an ordinary scene without fire
- a building in daylight
- street lamps and lit windows at night

fire hazard: smoke
+ a surveillance camera view with thick smoke spreading through the scene
+ thick smoke in a room
+ dark smoke rising from a building
- a surveillance camera view with clear air
- an ordinary room with clear air
- a building under a cloudy sky

structural damage: collapse
+ a collapsed wall with rubble on the ground
+ a ceiling that has fallen down
+ a building with large cracks and fallen debris
- an intact wall and a clean floor
- an ordinary ceiling with lamps
- an intact building

weather emergency: flood
+ a flooded street with deep water
+ water covering the floor of a building
+ cars standing in flood water
- a dry street
- a dry floor in a building
- a wet street after light rain

weather emergency: storm
+ trees bent by a violent storm
+ a fallen tree and debris blown across a street
+ a tent collapsing in strong wind
- trees standing still on a calm day
- a street on an ordinary day
- a tent standing upright

vehicle incident: crash
+ a surveillance camera view of a car crash
+ a damaged car after a collision on a road
+ an overturned vehicle on a road
- a surveillance camera view of normal traffic
- cars parked in a row
- an empty road

equipment failure: sparks or leak
+ sparks flying from electrical equipment
+ a machine that is broken and leaking liquid
+ steam bursting out of a broken pipe
- a machine in normal operation
- electrical equipment in good order
- pipes along a wall

unauthorized access: climbing in
+ a person climbing over a fence
+ a person forcing a door open with a tool
+ an intruder climbing through a window at night
- a person walking along a fence
- a person opening a door with a key
- a closed window at night

violence/aggression: fight
+ a surveillance camera view of people fighting
+ a person punching and kicking another person
+ a violent brawl in a crowd
- a surveillance camera view of people talking calmly
- people walking past each other
- friends greeting each other with a hug

stampede risk: stampede
+ a surveillance camera view of a crowd running in panic
+ people falling over each other while fleeing
+ a crowd crush at a narrow exit
- a surveillance camera view of a crowd walking calmly
- people watching a concert
- people leaving through a wide exit

evacuation needed: evacuation
+ many people hurrying out of a building through emergency exits
+ firefighters leading people out of a building
+ an emergency evacuation of a hall
- people entering and leaving a building at leisure
- a quiet entrance hall
- people sitting in a hall
"""


@cache
def default_prompts() -> PromptSet:
    """Return the set of TEXT."""
    return parse_prompts(TEXT)
