"""Addresses of reading."""

from django.urls import path

from training.views import audiences, coverage, learning, quizzes, reading, tablets, taking

app_name = "training"
urlpatterns = [
    path("reading/", reading.reading, name="reading"),
    path("reading/coverage/", coverage.coverage_page, name="coverage"),
    path("people/<int:person>/reading/", coverage.person_reading, name="person"),
    path("processes/<str:number>/coverage/", coverage.process_coverage, name="process_coverage"),
    path("processes/<str:number>/audience/", audiences.audience, name="audience"),
    path("processes/<str:number>/audience/begin/", audiences.begin_audience, name="begin_audience"),
    path("processes/<str:number>/audience/targets/<slug:kind>/", audiences.targets, name="targets"),
    path("processes/<str:number>/audience/<int:rule>/end/", audiences.end_audience_rule, name="end_rule"),
    path("processes/<str:number>/revisions/<int:ordinal>/acknowledge/", reading.acknowledge, name="acknowledge"),
    path("processes/<str:number>/revisions/<int:ordinal>/quiz/", taking.take_quiz, name="take_quiz"),
    path("processes/<str:number>/quiz/", quizzes.quiz, name="quiz"),
    path("processes/<str:number>/quiz/terms/", quizzes.quiz_terms, name="quiz_terms"),
    path("processes/<str:number>/quiz/questions/new/", quizzes.question, name="new_question"),
    path("processes/<str:number>/quiz/questions/<str:key>/", quizzes.question, name="question"),
    path("processes/<str:number>/quiz/questions/<str:key>/remove/", quizzes.remove_question, name="remove_question"),
    path("processes/<str:number>/quiz/publish/", quizzes.publish_quiz, name="publish_quiz"),
    path("processes/<str:number>/quiz/take-out/", quizzes.take_out_quiz, name="take_out_quiz"),
    path("processes/<str:number>/quiz/results/", quizzes.quiz_results, name="quiz_results"),
    path("processes/<str:number>/quiz/people/<int:person>/", quizzes.quiz_unlock, name="quiz_unlock"),
    path("quiz/attempts/<int:attempt>/", taking.quiz_attempt, name="quiz_attempt"),
    path("learn/level-1/", learning.learn, name="learn"),
    path("learn/level-1/quiz/", learning.learn_quiz, name="learn_quiz"),
    path("learn/level-1/exercise/", learning.learn_exercise, name="learn_exercise"),
    path("learn/level-1/exercise/drawing/", learning.learn_drawing, name="learn_drawing"),
    path("tablets/", tablets.tablet_register, name="tablets"),
    path("tablets/<int:tablet>/revoke/", tablets.tablet_revoke, name="revoke_tablet"),
    path("tablet/", tablets.tablet, name="tablet"),
    path("tablet/begin/", tablets.tablet_begin, name="tablet_begin"),
    path("tablet/list/", tablets.tablet_list, name="tablet_list"),
    path("tablet/read/", tablets.tablet_read, name="tablet_read"),
    path("tablet/quiz/", tablets.tablet_quiz, name="tablet_quiz"),
    path("tablet/confirm/", tablets.tablet_confirm, name="tablet_confirm"),
    path("tablet/end/", tablets.tablet_end, name="tablet_end"),
]
