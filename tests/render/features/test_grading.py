from __future__ import annotations

from tests.render.features.asking import asked

COURSE: dict[str, list[str]] = {
    "instructors": [],
    "instructor_groups": [],
    "students": [],
    "student_groups": [],
}


def test_a_course_takes_who_teaches_it() -> None:
    assert asked("features: {grading: {courses: {bio101: {instructors: [ada]}}}}") == {
        "ngshare": {
            "enabled": True,
            "admins": [],
            "courses": {"bio101": COURSE | {"instructors": ["ada"]}},
            "size": "10Gi",
        }
    }


def test_everything_may_be_said() -> None:
    text = """
    features:
      grading:
        courses:
          bio101: {instructor_groups: [teachers], students: [bob], student_groups: [biology]}
        admins: [grace]
        storage_gb: 50
        storage_class: fast
        image: quay.io/example/ngshare:1
    """
    course = {"instructor_groups": ["teachers"], "students": ["bob"], "student_groups": ["biology"]}
    assert asked(text)["ngshare"] == {
        "enabled": True,
        "admins": ["grace"],
        "courses": {"bio101": COURSE | course},
        "size": "50Gi",
        "storageClass": "fast",
        "image": "quay.io/example/ngshare:1",
    }


def test_names_of_people_are_as_the_hub_has_them_and_those_of_groups_as_they_are() -> None:
    course = "{instructors: [AdaL, adal], students: [Bob], student_groups: [Biology]}"
    found = asked(f"features: {{grading: {{admins: [Grace], courses: {{Bio: {course}}}}}}}")["ngshare"]
    people = {"instructors": ["adal"], "students": ["bob"], "student_groups": ["Biology"]}
    assert (found["admins"], found["courses"]) == (["grace"], {"Bio": COURSE | people})
