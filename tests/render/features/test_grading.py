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
