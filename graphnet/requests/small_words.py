"""Words that stand in requests of every kind and say nothing of what one of them is about.

Small words, numbers, and what anybody writes who asks something: each in one of its forms, since
words are compared by their stems. A word that names a field or a thing belongs nowhere in here.
"""

_ENGLISH = """
a about above across actually add after again against ago all allow almost alone along already also
although always am among an and another any anybody anyone anything anywhere are around as ask
asking at away back bad be became because become been before began begin behind being believe below
beside best better between big both bring but by came can cannot case certain change come common
consider could current day dear decide describe detail did different do does doing done dont down
during each early easy either else end enough especially etc even ever every everybody everyone
everything example exist expect explain far few fifth find first five follow following for former
found four fourth friend from full further gave general get give given go goes going gone good got
great group grow had half happen has have having he hello help her here herself hi him himself his
hold hope how however i idea if important in include information inside instead interest interested
into is issue it its itself join just keep kind kindly knew know known large last late later lead
least leave less let like likely little live long look looking lot made main make many matter may
maybe me mean meet member might mine moment month more most much must my myself name near nearly
necessary need never new next nice no nobody none nor not nothing now of off offer often old on
once one only onto opportunity or order other others ought our ours out over own part participate
particular past people per perhaps period person place plan please point possible present probably
problem project provide put question quite rather ready real really reason receive recent regard
related request require right said same saw say second see seek seem seen send sent several shall
share she short should show side similar since six small so some somebody someone something
sometimes somewhere soon special start started still stop such suggest support sure take taken talk
tell ten than thank thanks that the their theirs them themselves then there these they thing think
third this those though three through thus time to today together told tomorrow too took topic
toward tried try turn two type under understand until up upon us use used useful usual various very
via wait want was way we week welcome well went were what whatever when where whether which while
who whole whom whose why will wish with within without wonder word work would write year yes
yesterday yet you young your yours yourself alumni alumnus alumna university association graduate
graduated studied
"""
_RUSSIAN = """
а без бы был была были было быть в вам вами вас ваш ваша ваше ваши вдруг вернуть весь весьма видеть
вместе вместо вне во вообще вопрос вопросы воспользоваться вот впервые впрочем время все всегда
всего всех всё вся вторая второе второй второго вторые вторых всякий выбрать выполнить где главный
говорить год года году годы годов готов готовы давно даже далее дать дать два двух две день дней
дня делать дело дела детали десять для до добавить добрый день долго должен должны должна доступный
другая другие другой других думать его ее её ей если есть еще ещё ею желаю желание ждать же жизнь
за зачем заранее здесь здравствуйте знает знать значит и идея из известный именно иметь имеет имя
иногда иной интерес интересует интересный информация искать использовать их ищем ищу к каждый
каждая кажется как какая какие какой каким какого ко когда коллега коллеги конечно контакт который
которая которые которых кроме кто куда или кого будет будут буду лет ли либо лишь лучше лучший люди
людей любой маленький мало между меня меньше мере место месте месяц минимум мне мной много могу
можем может можете можно мои мой моя моё мог могли могла могут молодой момент мочь мы на над надо
назад наиболее найти например написать нам нами нас начало начать начинать наш наша наше наши не
него неделя недавно нельзя нет ни нибудь никак никто ничего но новый новая новые нового новых новое
ну нужен нужна нужно нужны нужный о об область обратиться обращаться обсудить общий общая один одна
одно одни одного около он она они оно организовать особый особенно остальные от ответ ответить
ответьте ответственный отдельный открыть отличный очень первая первое первого первой первом первые
первый первых период перед письмо планировать по поблагодарить поговорить под подойти подробно
подробнее подробный подскажите поделиться пожалуйста позже пока получить помогите помочь помощь
понимать понимает понять понятно попробовать попросить порядок посвятить после последний последние
постараться потом поток похожий почему почти появиться правильно предложить предложение
предоставить прежде при примерно пример принять принимать присылать прислать причина про проблема
провести проводить проект просим просить просто против прошлый прошу путь пять работа работать
работает рад ради раз раньше рассказать рассмотреть расскажите ребята решение решить решать с сам
сама сами самый самая самые свободный свой своя своё своих связаться сделать себе себя сегодня
сейчас семь сильно сказать сколько следующий слишком слово случай сначала снова со собственный
совершенно совет советовать согласен сообщить сообщите соответствующий сотня специальный спасибо
способ спросить сразу среди сроки срок старый стать столько сторона суть существовать считать та
так такая также такие такой таких там твой те тебе тебя тем тема тему теперь тех то тогда того тоже
только том тот третий третья третье третьего три трёх тут ты тысяча у уважаемые уважаемый уверен
увидеть удобно удобный уже узнать указать умеет уметь успеть участие участвовать участник учесть
учился училась учились факт хватает хороший хорошая хорошие хорошо хотел хотела хотели хотелось
хотим хотя хочу хочется целый цель час часто часть чего чей человек чем через четвёртый четвертый
четыре что чтобы чтоб чуть шаг шесть эта эти это этого этой этом этот этих я является являться
выпуск выпускник выпускники выпускница выпускной выпускников окончил окончила окончили закончил
закончила группа группе группы группу университет университета ассоциация ассоциации
"""
SMALL_WORDS = frozenset((_ENGLISH + _RUSSIAN).replace("ё", "е").split())
